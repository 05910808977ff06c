/** Operators that compute each number from those at the same place of their inputs. */
import type { NumberKind } from "../onnx/arrays.ts";
import type { Call, Operator } from "./call.ts";
import { known, map } from "./map.ts";
import { placeOf, sizeOf, type Tensor } from "./tensor.ts";

const unary =
  (f: (x: number) => number): Operator =>
  (call) => [map(call, [call.input(0)], f)];

const binary =
  (f: (a: number, b: number) => number, kind?: NumberKind): Operator =>
  (call) => [map(call, [call.input(0), call.input(1)], f, kind)];

const comparison = (f: (a: number, b: number) => boolean) => binary((a, b) => +f(a, b), "bool");

/** An operator of any number of inputs, that are taken together one after the other. */
const variadic =
  (f: (a: number, b: number) => number): Operator =>
  (call) => [call.given.reduce((a, b) => map(call, [a, b], (x, y) => f(x, y)))];

/** A function with parameters that are attributes, each with its default. */
const withAttributes =
  (defaults: Record<string, number>, f: (x: number, p: number, q: number) => number): Operator =>
  (call) => {
    const [p, q] = Object.entries(defaults).map(([name, value]) => call.attribute(name, value));
    return [map(call, [call.input(0)], (x) => f(x, p, q))];
  };

/** The error function, to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const sum = coefficients.reduce((rest, each) => t * rest + each, 0);
  return Math.sign(x) * (1 - t * sum * Math.exp(-x * x));
}

/** Add; a product of matrices begins with known numbers, one for each column, that are added to it. */
function add(call: Call): Tensor[] {
  const [a, b] = [call.input(0), call.input(1)];
  const pairs = [
    [a, b],
    [b, a],
  ];
  for (const [sum, { isConstant, shape, strides, ...more }] of pairs) {
    const columns = shape.at(-1) ?? 1;
    const isBias =
      isConstant && sizeOf(shape) === columns && [1, sum.shape.at(-1)].includes(columns);
    const fits = isBias && shape.length <= sum.shape.length && sum.product && !sum.product.start;
    if (fits && call.mayReplace(sum)) {
      const start = { ...more, isConstant, shape: shape.slice(-1), strides: strides.slice(-1) };
      sum.product!.start = start;
      return [{ ...sum, product: undefined }];
    }
  }
  return [map(call, [a, b], (x, y) => x + y)];
}

function relu(call: Call): Tensor[] {
  const x = call.input(0);
  if (!call.mayReplace(x)) return [map(call, [x], (value) => Math.max(value, 0))];
  const n = Math.ceil(sizeOf(x.shape) / 4) * 4;
  call.step(n / 16, () => call.memory.machine.relu(placeOf(x), n));
  return [{ ...x, product: undefined }];
}

/** Whole numbers are divided by known positive ones only, as in vae_widgets/bundle/onnx/shapes.py. */
const division =
  (f: (a: number, b: number) => number, ofWhole: (a: number, b: number) => number): Operator =>
  (call) => {
    const isWhole = call.input(0).kind !== "float";
    if (isWhole && call.values(1).some((value) => value <= 0)) {
      call.fail("divides whole numbers by numbers that are not positive");
    }
    return [map(call, [call.input(0), call.input(1)], isWhole ? ofWhole : f)];
  };

function clip(call: Call): Tensor[] {
  const [low, high] = [1, 2].map((i) =>
    call.has(i) ? call.input(i) : known([i === 1 ? -Infinity : Infinity]),
  );
  return [
    map(call, [call.input(0), low, high], (x, least, most) => Math.min(Math.max(x, least), most)),
  ];
}

/** Numbers of the second input where the first is true, else of the third. */
function where(call: Call): Tensor[] {
  const [condition, a, b] = [call.input(0), call.input(1), call.input(2)];
  return [map(call, [condition, a, b], (c, x, y) => (c ? x : y), a.kind)];
}

const modulo = (a: number, b: number) => a - b * Math.floor(a / b);

export const ELEMENTWISE: Record<string, Operator> = {
  Abs: unary(Math.abs),
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Log: unary(Math.log),
  Neg: unary((x) => -x),
  Not: unary((x) => +!x),
  Reciprocal: unary((x) => 1 / x),
  Relu: relu,
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  Sqrt: unary(Math.sqrt),
  Tanh: unary(Math.tanh),
  Elu: withAttributes({ alpha: 1 }, (x, a) => (x > 0 ? x : a * Math.expm1(x))),
  HardSigmoid: withAttributes({ alpha: 0.2, beta: 0.5 }, (x, a, b) =>
    Math.min(Math.max(a * x + b, 0), 1),
  ),
  HardSwish: unary((x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)),
  LeakyRelu: withAttributes({ alpha: 0.01 }, (x, a) => (x < 0 ? a * x : x)),
  Selu: withAttributes(
    { alpha: 1.6732631921768188, gamma: 1.0507010221481323 },
    (x, a, g) => g * (x > 0 ? x : a * Math.expm1(x)),
  ),
  Add: add,
  And: binary((a, b) => a && b),
  Clip: clip,
  Div: division(
    (a, b) => a / b,
    (a, b) => Math.trunc(a / b),
  ),
  Equal: comparison((a, b) => a === b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Max: variadic(Math.max),
  Min: variadic(Math.min),
  Mod: division((a, b) => a % b, modulo),
  Mul: binary((a, b) => a * b),
  Or: binary((a, b) => a || b),
  Pow: binary((a, b) => a ** b),
  PRelu: binary((x, slope) => (x < 0 ? x * slope : x)),
  Sub: binary((a, b) => a - b),
  Sum: variadic((a, b) => a + b),
  Where: where,
};
