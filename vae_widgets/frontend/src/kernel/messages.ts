/**
 * The messages between the page and the kernel, by kind: docs/reference/messages.md describes the protocol,
 * widgets/base/messages.py has the same kinds and fields.
 */

import type { WireArray } from "./arrays.ts";
import type { Atlas } from "./atlas.ts";

type Place = [x: number, y: number];

/** A place on the plane, and the sample there; -1 for none. */
export interface PathEnd {
  at: Place;
  point: number;
}

interface LoggedMark {
  index: number;
  score: number;
  mark: "anomalous" | "normal" | "unsure" | "";
  /** ISO 8601 in UTC, to the second. */
  time: string;
  /** The sample was drawn at random from the scores at or above this; null if not at random. */
  drawn_from: number | null;
  /** Its entry in the pandas index, as text; null without one. */
  key: string | null;
}

interface Run {
  fields: { run: number };
}

/** Messages of the page: the fields of each kind, and the fields of its answer except `error`. */
export interface FromPage {
  state: { fields: { state: Record<string, unknown> } };
  /**
   * The decoder of the model that `_model` names, the one-hot label of a conditional one, and the code that runs
   * it. A decoder larger than `most_bytes` is refused, unless Python said that the page must have it.
   */
  model: {
    fields: { id: string; most_bytes?: number };
    answer: { decoder: DataView<ArrayBuffer>; label: number[]; runtime: string };
  };
  /** `what`: the row of a sample, the number of a frame, or "decoded". */
  sound: { fields: { what: number | string }; answer: { wav: DataView<ArrayBuffer> } };
  swap: { fields: {}; answer: {} };
  /** `sample`: its number; null for the point picked in a linked scatter. */
  end: { fields: { which: "start" | "end"; sample: number | null }; answer: {} };
  /** `point`: a sample, -1 for a place. `along`: a distance along `attribute` instead of a place. */
  pick: { fields: { point: number; at?: Place; along?: number }; answer: {} };
  grid: {
    fields: { bounds: [number, number, number, number]; columns: number; rows: number };
    answer: {};
  };
  place: { fields: { at: Place }; answer: { tiles: Atlas; off_data: boolean } };
  traversals: {
    /** The place on the plane where the steps start. */
    fields: { at: Place };
    answer: {
      /** All coordinates of that place. */
      base: number[];
      /** The picked vector and the attribute, if there are steps along it. */
      line: [] | [number[], number[]];
      /** The coordinate and range of each row of steps; -1 is the attribute. */
      rows: { index: number; low: number; high: number }[];
      /** Number of steps in each row. */
      steps: number;
      tiles: Atlas;
    };
  };
  /**
   * The latent vectors of all samples and the log-variances of their posteriors, empty if they are many; a
   * vector is far from data beyond the distance `limit` to the nearest of them, in units of `scale`.
   */
  codes: {
    fields: {};
    answer: { codes: WireArray; log_var: WireArray | null; scale: WireArray; limit: number | null };
  };
  tile: { fields: { index: number }; answer: { tiles: Atlas } };
  detail: {
    fields: { index: number };
    answer: {
      /** Input, reconstruction and residual. */
      tiles: Atlas;
      /** The renderer's HTML about the sample. */
      text: string;
      /** Covariance of q(z | x) on the plane: xx, xy, yx, yy; empty for none. */
      covariance: [number, number, number, number] | [];
    };
  };
  /** The first sample whose pandas index has this label, and how many have it. */
  find: { fields: { label: string }; answer: { point: number; count: number } };
  /** The entries of the pandas index as text: a JSON list. */
  keys: { fields: {}; answer: { keys: DataView<ArrayBuffer> } };
  path: {
    fields: { start?: PathEnd; end?: PathEnd; via?: PathEnd & { which: number } };
    answer: {};
  };
  method: {
    fields: { method: string; parameters?: Record<string, number | null> };
    answer: { method: string; parameters: Record<string, number | null> };
  };
  /** `labels`: 1 anomalous, 0 normal, NaN without a label. `keys`: as above, null without an index. */
  scores: { fields: {}; answer: { scores: WireArray; labels: WireArray; keys: DataView<ArrayBuffer> | null } };
  mark: { fields: Pick<LoggedMark, "index" | "mark" | "time"> };
  /** The step that was undone; `index` is -1 if there was none. */
  undo: { fields: {}; answer: Pick<LoggedMark, "index" | "mark"> };
  refill: { fields: {} };
  log: { fields: {}; answer: { marks: LoggedMark[] } };
  restore: {
    fields: { marks: Omit<LoggedMark, "key">[] };
    answer: { taken: number[]; left_out: number[]; why: string };
  };
  /** The history of a training run as a CSV file. */
  history: { fields: {}; answer: { csv: DataView<ArrayBuffer> } };
  pause: Run;
  resume: Run;
  stop: Run;
  checkpoint: Run;
  restore_best: Run;
  change: { fields: { run: number; name: string; value: number } };
}

/** Messages of the kernel that are not answers. */
export interface FromKernel {
  /** Confirms a message to its page. */
  received: {};
  refused: { error: string };
  path: { error: string };
  marked: LoggedMark;
  log: { marks: LoggedMark[] };
}

export type Kind = keyof FromPage;
/** A kind that is always answered. */
export type RequestKind = { [K in Kind]: FromPage[K] extends { answer: object } ? K : never }[Kind];
export type Fields<K extends Kind> = FromPage[K]["fields"];

interface Envelope {
  /** The page whose message this answers; missing in a message to all pages. */
  page?: string;
  seq?: number;
  /** Why the message failed; the other fields are missing then. */
  error?: string;
}

export type Answer<K extends RequestKind> = Envelope & LocalAnswer<K>;
/** What the page itself may answer. `own` is what the kernel would send as a trait beforehand. */
export type LocalAnswer<K extends RequestKind> = Partial<FromPage[K]["answer"]> & { own?: unknown };

/** All messages of the kernel, by kind. */
export type Incoming = {
  [K in Kind | keyof FromKernel]: Envelope &
    Partial<K extends RequestKind ? FromPage[K]["answer"] : object> &
    Partial<K extends keyof FromKernel ? FromKernel[K] : object>;
};
/** Handlers of messages of the kernel, by kind. */
export type Handlers = { [K in keyof Incoming]?: (message: Incoming[K]) => void };

export type Path = (string | number)[];

/** Split a message into JSON, its buffers, and their paths in it. */
export function takeBuffers(content: object): { content: object; paths: Path[]; buffers: ArrayBuffer[] } {
  const paths: Path[] = [];
  const buffers: ArrayBuffer[] = [];
  const without = (value: any, path: Path): any => {
    const inner = (part: any, key: string | number) => without(part, [...path, key]);
    if (value instanceof DataView) {
      // Without a slice, the whole buffer of a view would be sent.
      buffers.push(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer);
      paths.push(path);
      return null;
    }
    if (Array.isArray(value)) return value.map(inner);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part, key)]));
  };
  return { content: without(content, []), paths, buffers };
}

/** Put the buffers of a message back at their paths. */
export function putBuffers(content: any, paths: Path[], buffers: DataView[]): void {
  paths.forEach((path, i) => {
    const part = path.slice(0, -1).reduce((inner, key) => inner[key], content);
    part[path.at(-1)!] = buffers[i];
  });
}
