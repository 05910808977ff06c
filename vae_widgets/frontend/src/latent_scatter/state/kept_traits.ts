/** The traits of a scatter that the browser keeps when the kernel ends. */

import { counted } from "../../format/numbers.ts";
import { checkRows, readArray, type WireArray } from "../../kernel/arrays.ts";
import { KeptState } from "../../storage/kept_state.ts";
import type { Model } from "./model.ts";

/** Keep the traits of `model`; each function describes a value or throws if it is not valid. */
export function keepTraits(model: Model): KeptState {
  const rows = (what: string) => (wire: WireArray) => {
    const [n] = checkRows(wire, readArray(model.get("_positions")).length / 2).shape;
    return n ? `${what} ${counted(n, "sample")}` : "";
  };
  return new KeptState(model, "scatter", {
    bookmarks(marks: Record<string, WireArray>) {
      const all = Object.values(marks);
      const valid = (z: WireArray) => z.dtype === "float32" && readArray(z).every(Number.isFinite);
      if (!all.every(valid)) throw new TypeError("not latent vectors");
      return all.length ? counted(all.length, "bookmark") : "";
    },
    selection: rows("a selection of"),
    group_a: rows("group A of"),
    group_b: rows("group B of"),
  });
}
