/** Paths through latent vectors: straight lines, or arcs around the origin (core/latent/paths.py). */

export type Vector = ArrayLike<number>;
/** (start, end, t) -> the point at t in [0, 1]. */
export type Leg = (start: Vector, end: Vector, t: number) => number[];

// Below this sine of the angle between two directions, the plane that they span is rounding noise.
const NO_PLANE = 1e-9;

/** The methods that need no data, by their names. */
export const LEGS: Record<string, Leg> = { slerp: (start, end, t) => arc(start, end)(t), linear: line };

/** The points at equal distances along a path, `frames` of them, as float32; way-points are at the frames `stops`. */
export function latentPath(points: Vector[], stops: number[], frames: number, leg: Leg): Float32Array {
  const k = points[0].length;
  const path = new Float32Array(frames * k);
  for (let frame = 0; frame < frames; frame++) path.set(pathPoint(points, stops, frame, leg), frame * k);
  return path;
}

/** The point of such a path at a frame, or between two frames. */
export function pathPoint(points: Vector[], stops: number[], frame: number, leg: Leg): number[] {
  let at = 0;
  while (at < stops.length - 2 && frame >= stops[at + 1]) at++;
  return leg(points[at], points[at + 1], (frame - stops[at]) / (stops[at + 1] - stops[at]));
}

export function line(start: Vector, end: Vector, t: number): number[] {
  return Array.from(start, (from, i) => (1 - t) * from + t * end[i]);
}

/** Spherical linear interpolation, as `arc` of paths.py, where its formula is explained. */
export function arc(start: Vector, end: Vector): (t: number) => number[] {
  const [lengthA, u] = polar(start);
  const [lengthB, v] = polar(end);
  if (lengthA === 0 || lengthB === 0) return (t) => line(start, end, t);
  let sideways = minus(v, u, dot(u, v));
  if (norm(sideways) < NO_PLANE) {
    if (dot(u, v) > 0 || u.length === 1) return (t) => line(start, end, t);
    const sizes = u.map(Math.abs);
    sideways = u.map((_, i) => Number(i === sizes.indexOf(Math.min(...sizes))));
  }
  sideways = unit(sideways);
  sideways = unit(minus(sideways, u, dot(u, sideways)));
  const angle = 2 * Math.atan2(norm(minus(u, v, 1)), norm(minus(u, v, -1)));
  return (t) => {
    if (t === 0 || t === 1) return Array.from(t ? end : start);
    const length = (1 - t) * lengthA + t * lengthB;
    const [along, across] = [Math.cos(t * angle), Math.sin(t * angle)];
    return u.map((value, i) => length * (along * value + across * sideways[i]));
  };
}

function polar(vector: Vector): [length: number, direction: number[]] {
  const values = Array.from(vector);
  const largest = Math.max(...values.map(Math.abs));
  if (largest === 0) return [0, values];
  const scaled = values.map((value) => value / largest); // squares of very large entries would not fit
  return [largest * norm(scaled), unit(scaled)];
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function norm(vector: number[]): number {
  return Math.sqrt(dot(vector, vector));
}

function unit(vector: number[]): number[] {
  const length = norm(vector);
  return vector.map((value) => value / length);
}

/** a - share b. */
function minus(a: number[], b: number[], share: number): number[] {
  return a.map((value, i) => value - share * b[i]);
}
