/** The data sets that the page carries (vae_widgets/playground/data_sets.py). */

import { readArray, type WireArray } from "../../kernel/arrays.ts";
import { Buffers, DamagedError } from "../../page_kernel/data.ts";
import type { DataSet } from "./data_set.ts";

interface WireDataSet {
  name: string;
  note: string;
  shape: number[];
  count: number;
  divisor: number;
  /** Whether each byte holds two values, the first in its lower half. */
  halves: boolean;
  values: WireArray;
  labels: WireArray | null;
  label_names: string[];
}

export interface CarriedPage {
  title: string;
  /** The script of the worker. */
  worker: string;
  /** Names of the data sets. */
  names: string[];
  /** Unpack a data set; rejects with a `DamagedError`. */
  dataSet(index: number): Promise<DataSet>;
}

/** Read the JSON of the page; throws a `DamagedError`. */
export function readPage(text: string): CarriedPage {
  let page: { title: string; worker: string; data_sets: { name: string }[]; buffers: string[] };
  try {
    page = JSON.parse(text);
    const whole = [page.title, page.worker].every((part) => typeof part === "string");
    if (!whole || ![page.buffers, page.data_sets].every(Array.isArray) || !page.data_sets.length) throw new Error();
  } catch {
    throw new DamagedError("The data of this page is damaged.");
  }
  const buffers = new Buffers(page.buffers);
  return {
    title: page.title,
    worker: page.worker,
    names: page.data_sets.map(({ name }) => name),
    async dataSet(index) {
      const wire: WireDataSet = await buffers.fill(page.data_sets[index]);
      const { name, note, shape, count, divisor } = wire;
      const size = shape.reduce((product, side) => product * side, 1);
      const packed = readArray<Uint8Array>(wire.values);
      const values = wire.halves ? unpacked(packed, count * size) : packed;
      if (values.length !== count * size) throw new DamagedError("The data of this page is damaged.");
      const labels = wire.labels && readArray<Uint8Array>(wire.labels);
      return { name, note, shape, count, divisor, size, values, labels, labelNames: wire.label_names };
    },
  };
}

/** The values of bytes that hold two each. */
function unpacked(packed: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i % 2 ? packed[i >> 1] >> 4 : packed[i >> 1] & 15));
}
