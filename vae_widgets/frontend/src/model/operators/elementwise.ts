/** Operators that compute each number from those at the same place of their inputs. */
import type { NumberKind } from "../onnx/arrays.ts";
import { type Call, constantOf, type Operator } from "./call.ts";
import { nest, walk } from "./loops.ts";
import {
  broadcastShape,
  isDense,
  placeOf,
  rowMajor,
  sizeOf,
  stretchedStrides,
  type Tensor,
} from "./tensor.ts";

type Function3 = (a: number, b: number, c: number) => number;

/** Compute `f` of one to three tensors of shapes that fit each other; the result may replace one. */
export function map(
  call: Call,
  tensors: Tensor[],
  f: Function3,
  kind: NumberKind = tensors[0].kind,
): Tensor {
  const shape = tensors.map((each) => each.shape).reduce(broadcastShape);
  const whole = tensors.filter((each) => `${each.shape}` === `${shape}`);
  const replaced = kind === "float" ? whole.find((each) => call.mayReplace(each)) : undefined;
  const strides = whole.find(isDense)?.strides ?? rowMajor(shape);
  const result = replaced ?? call.tensor(shape, kind, strides);
  const loops = nest(
    shape,
    result.strides,
    ...tensors.map((each) => stretchedStrides(each, shape)),
  );
  const n = loops.sides.at(-1)!;
  const [step, da, db = 0, dc = 0] = loops.strides.map((each) => each.at(-1)!);
  const [a, b = a, c = a] = tensors;
  call.step(sizeOf(shape), () => {
    const to = result.buffer.data;
    const [x, y, z] = [a.buffer.data, b.buffer.data, c.buffer.data];
    walk(loops, [result, ...tensors].map(placeOf), ([at, i, j = i, k = i]) => {
      for (let done = 0; done < n; done++, at += step, i += da, j += db, k += dc)
        to[at] = f(x[i], y[j], z[k]);
    });
  });
  return { ...result, product: undefined };
}

function scalar(value: number): Tensor {
  return constantOf({ kind: "float", shape: [], data: Float32Array.of(value) });
}

const unary =
  (f: (x: number) => number): Operator =>
  (call) => [map(call, [call.input(0)], f)];

const binary =
  (f: (a: number, b: number) => number, kind?: NumberKind): Operator =>
  (call) => [map(call, [call.input(0), call.input(1)], f, kind)];

/** An operator of any number of inputs, that are taken together one after the other. */
const variadic =
  (f: (a: number, b: number) => number, last = (sum: number, _count: number) => sum): Operator =>
  (call) => {
    const tensors = call.given;
    const sum = tensors.slice(1).reduce((a, b) => map(call, [a, b], f), call.input(0));
    return [map(call, [sum], (x) => last(x, tensors.length))];
  };

/** A function with parameters that are attributes, each with its default. */
const withAttributes =
  (defaults: Record<string, number>, f: (x: number, p: number, q: number) => number): Operator =>
  (call) => {
    const [p = 0, q = 0] = Object.entries(defaults).map(([name, value]) =>
      call.attribute(name, value),
    );
    return [map(call, [call.input(0)], (x) => f(x, p, q))];
  };

const isWhole = (tensor: Tensor) => tensor.kind !== "float";

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The error function, to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? 2 * Math.round(floor / 2) : Math.round(x);
}

/** Add; a product of matrices begins with known numbers, one for each column, that are added to it. */
function add(call: Call): Tensor[] {
  const [a, b] = [call.input(0), call.input(1)];
  const pairs = [
    [a, b],
    [b, a],
  ];
  for (const [sum, more] of pairs) {
    const columns = more.shape.at(-1) ?? 1;
    const isBias =
      more.isConstant && sizeOf(more.shape) === columns && more.shape.length <= sum.shape.length;
    const fits = isBias && (columns === 1 || columns === sum.shape.at(-1));
    if (fits && sum.product && !sum.product.start && call.mayReplace(sum)) {
      sum.product.start = { ...more, shape: more.shape.slice(-1), strides: more.strides.slice(-1) };
      return [{ ...sum, product: undefined }];
    }
  }
  return [map(call, [a, b], (x, y) => x + y)];
}

function relu(call: Call): Tensor[] {
  const x = call.input(0);
  if (!call.mayReplace(x)) return [map(call, [x], (value) => Math.max(value, 0))];
  const n = Math.ceil(sizeOf(x.shape) / 4) * 4;
  call.step(0, () => call.memory.machine.relu(placeOf(x), n));
  call.budget.addProducts(n);
  return [{ ...x, product: undefined }];
}

function divide(call: Call): Tensor[] {
  const [a, b] = [call.input(0), call.input(1)];
  if (!isWhole(a)) return [map(call, [a, b], (x, y) => x / y)];
  if (call.values(1).some((value) => value <= 0))
    call.fail("divides whole numbers by numbers that are not positive");
  return [map(call, [a, b], (x, y) => Math.trunc(x / y))];
}

function modulo(call: Call): Tensor[] {
  const [a, b] = [call.input(0), call.input(1)];
  if (isWhole(a) && call.values(1).some((value) => value <= 0)) {
    call.fail("divides whole numbers by numbers that are not positive");
  }
  return [
    map(
      call,
      [a, b],
      call.attribute("fmod", 0) ? (x, y) => x % y : (x, y) => x - y * Math.floor(x / y),
    ),
  ];
}

function clip(call: Call): Tensor[] {
  const [x, low, high] = [0, 1, 2].map((i) =>
    call.has(i) ? call.input(i) : scalar(i === 1 ? -Infinity : Infinity),
  );
  return [
    map(call, [x, low, high], (value, least, most) => Math.min(Math.max(value, least), most)),
  ];
}

/** Where: numbers of the second input where the first is true, else of the third. */
function choose(call: Call): Tensor[] {
  const [condition, a, b] = [call.input(0), call.input(1), call.input(2)];
  return [map(call, [condition, a, b], (c, x, y) => (c ? x : y), a.kind)];
}

const [SELU_ALPHA, SELU_GAMMA] = [1.6732631921768188, 1.0507010221481323];

export const ELEMENTWISE: Record<string, Operator> = {
  Abs: unary(Math.abs),
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Log: unary(Math.log),
  Mish: unary((x) => x * Math.tanh(softplus(x))),
  Neg: unary((x) => -x),
  Not: unary((x) => (x ? 0 : 1)),
  Reciprocal: unary((x) => 1 / x),
  Relu: relu,
  Round: unary(roundHalfToEven),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Softplus: unary(softplus),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  Sqrt: unary(Math.sqrt),
  Tanh: unary(Math.tanh),
  Celu: withAttributes({ alpha: 1 }, (x, a) => Math.max(x, 0) + Math.min(0, a * Math.expm1(x / a))),
  Elu: withAttributes({ alpha: 1 }, (x, a) => (x > 0 ? x : a * Math.expm1(x))),
  HardSigmoid: withAttributes({ alpha: 0.2, beta: 0.5 }, (x, a, b) =>
    Math.min(Math.max(a * x + b, 0), 1),
  ),
  HardSwish: unary((x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)),
  LeakyRelu: withAttributes({ alpha: 0.01 }, (x, a) => (x < 0 ? a * x : x)),
  Selu: withAttributes(
    { alpha: SELU_ALPHA, gamma: SELU_GAMMA },
    (x, a, g) => g * (x > 0 ? x : a * Math.expm1(x)),
  ),
  ThresholdedRelu: withAttributes({ alpha: 1 }, (x, a) => (x > a ? x : 0)),
  Add: add,
  And: binary((a, b) => (a && b ? 1 : 0)),
  Clip: clip,
  Div: divide,
  Equal: binary((a, b) => (a === b ? 1 : 0), "bool"),
  Greater: binary((a, b) => (a > b ? 1 : 0), "bool"),
  GreaterOrEqual: binary((a, b) => (a >= b ? 1 : 0), "bool"),
  Less: binary((a, b) => (a < b ? 1 : 0), "bool"),
  LessOrEqual: binary((a, b) => (a <= b ? 1 : 0), "bool"),
  Max: variadic((a, b) => Math.max(a, b)),
  Mean: variadic(
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  Min: variadic((a, b) => Math.min(a, b)),
  Mod: modulo,
  Mul: binary((a, b) => a * b),
  Or: binary((a, b) => (a || b ? 1 : 0)),
  Pow: binary((a, b) => a ** b),
  PRelu: binary((x, slope) => (x < 0 ? x * slope : x)),
  Sub: binary((a, b) => a - b),
  Sum: variadic((a, b) => a + b),
  Where: choose,
};
