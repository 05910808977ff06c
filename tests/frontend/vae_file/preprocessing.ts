// Preprocess the samples of the task on standard input by the part `detector.json`, as the viewer does.
import { readFileSync } from "node:fs";
import { readPreprocessing } from "../../../vae_widgets/frontend/src/vae_file/preprocessing.ts";

const found = JSON.parse(readFileSync(0, "utf-8")).map(({ part, size, samples }: any) => {
  try {
    const preprocess = readPreprocessing(new TextEncoder().encode(part), size);
    return samples.map((sample: number[]) => [...preprocess(sample)]);
  } catch (error) {
    return `${(error as Error).constructor.name}: ${(error as Error).message}`;
  }
});
console.log(JSON.stringify(found));
