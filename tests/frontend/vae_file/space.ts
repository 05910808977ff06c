// Print what the viewer computes from the codes of a .vae file: its planes, and what is far from data.
//   node tests/frontend/vae_file/space.ts FILE
import { readFileSync } from "node:fs";
import { readArray } from "../../../vae_widgets/frontend/src/kernel/arrays.ts";
import { readContents } from "../../../vae_widgets/frontend/src/vae_file/contents.ts";
import { densityOf } from "../../../vae_widgets/frontend/src/vae_file/density.ts";
import { curvesOf } from "../../../vae_widgets/frontend/src/vae_file/history.ts";
import { planesOf, spreadOf } from "../../../vae_widgets/frontend/src/vae_file/latent_space.ts";

const contents = await readContents(new Uint8Array(readFileSync(process.argv[2])));
const { facts, codes, classes, classNames, policy, tiles } = contents;
const plain = (_: string, value: any) => {
  if (value?.data instanceof DataView) return { shape: value.shape, data: [...readArray(value)] };
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? [...(value as Float32Array)] : value;
};
const planes = planesOf(codes!, facts.latentDim);
const spread = spreadOf(codes!, facts.latentDim);
const density = densityOf(codes!, facts.latentDim, planes.latent.dims);
const { run, legend, csv } = curvesOf(contents.history!);
console.log(
  JSON.stringify(
    {
      facts,
      codes,
      classes,
      classNames,
      policy,
      tiles: tiles!.count,
      planes,
      spread,
      density,
      run,
      legend,
      csv,
    },
    plain,
  ),
);
