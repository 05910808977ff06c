/** Functions of numbers that several operators use. */

export const { ceil, exp, floor, max, min, sqrt } = Math;

export const plus = (a: number, b: number) => a + b;
export const minus = (a: number, b: number) => a - b;
export const divided = (a: number, b: number) => a / b;
export const larger = (a: number, b: number) => max(a, b);
export const smaller = (a: number, b: number) => min(a, b);
export const clamp = (x: number, least: number, most: number) => min(max(x, least), most);
