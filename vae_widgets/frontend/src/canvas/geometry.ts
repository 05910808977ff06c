/** Geometry that pointer gestures and drawings share. */

export interface Point {
  x: number;
  y: number;
}
