/** What a plot of curves shows (widgets/curve_plot/description.py). */

import { readArray, type TypedArray, type WireArray } from "../kernel/arrays.ts";

export interface Axis {
  label: string;
  /** Its ends; null where the data end. */
  domain: [number | null, number | null];
  scale: "linear" | "log";
  /** Where its numbers are; null: the painter chooses. */
  ticks: ArrayLike<number> | null;
  /** How they are written (format/tick_format.ts). */
  tick_format: string;
  /** Share of the plot area that stays empty at both ends. */
  padding: number;
}

interface Look {
  name: string;
  colour: string;
}

export interface Line extends Look {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  dashed: boolean;
  width: number;
  opacity: number;
}

export interface Band extends Look {
  x: ArrayLike<number>;
  low: ArrayLike<number>;
  high: ArrayLike<number>;
  opacity: number;
}

export interface Points extends Look {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  marker: "circle" | "diamond";
  /** Area of a mark in square CSS pixels. */
  size: number;
  /** Colour of the border; empty for none. */
  edge: string;
  /** "IPY_MODEL_..." of a model with traits x and y, which are those of the points from then on. */
  follows: string | null;
}

export interface Rule {
  x: number;
  text: string;
}

export interface CurvePlot {
  title: string;
  x: Axis;
  y: Axis;
  lines: Line[];
  band: Band | null;
  points: Points | null;
  rules: Rule[];
  /** Room around the plot area, in CSS pixels. */
  margin: { top: number; right: number; bottom: number; left: number };
}

/** The same as it is sent: arrays in wire form. */
export type Wired<T> = T extends ArrayLike<number>
  ? T extends unknown[] ? T : WireArray
  : T extends object ? { [Name in keyof T]: Wired<T[Name]> } : T;

/** Read the wire form of a plot, or of a part of one. What is an array already stays as it is. */
export function readWired(wired: any): any {
  if (wired === null || typeof wired !== "object" || ArrayBuffer.isView(wired)) return wired;
  if (Array.isArray(wired)) return wired.map(readWired);
  if (wired.data instanceof DataView) return readArray<TypedArray>(wired);
  return Object.fromEntries(Object.entries(wired).map(([name, part]) => [name, readWired(part)]));
}
