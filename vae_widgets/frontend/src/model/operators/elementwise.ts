/** Operators that compute each number from those at the same place of their inputs. */
import { need } from "../onnx/errors.ts";
import { attribute, type Call, type Operator, step, valuesOf } from "./call.ts";
import { add, map, mayReplace } from "./map.ts";
import {
  ceil,
  clamp,
  divided,
  exp,
  floor,
  larger,
  max,
  minus,
  plus,
  smaller,
  sqrt,
} from "./numbers.ts";
import { along, isWhole, sizeOf, type Tensor } from "./tensor.ts";

const { abs, cos, expm1, log, log1p, sign, sin, tanh, trunc } = Math;

type Function2 = (a: number, b: number) => number;
type Function3 = (a: number, b: number, c: number) => number;

/** The error function, to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
const erf = (x: number): number => {
  const t = 1 / (1 + 0.3275911 * abs(x));
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const sum = coefficients.reduce((rest, each) => t * rest + each, 0);
  return sign(x) * (1 - t * sum * exp(-x * x));
};

const elu = (x: number, alpha: number) => (x > 0 ? x : alpha * expm1(x));
const leakyRelu = (x: number, slope: number) => (x < 0 ? slope * x : x);
const modulo = (a: number, b: number) => a - b * floor(a / b);

const UNARY: Record<string, (x: number) => number> = {
  Abs: abs,
  Ceil: ceil,
  Cos: cos,
  Erf: erf,
  Exp: exp,
  Floor: floor,
  HardSwish: (x) => x * clamp(x / 6 + 0.5, 0, 1),
  Log: log,
  Neg: (x) => -x,
  Not: (x) => +!x,
  Reciprocal: (x) => 1 / x,
  Sigmoid: (x) => 1 / (1 + exp(-x)),
  Sign: sign,
  Sin: sin,
  Softplus: (x) => max(x, 0) + log1p(exp(-abs(x))),
  Softsign: (x) => x / (1 + abs(x)),
  Sqrt: sqrt,
  Tanh: tanh,
};

const BINARY: Record<string, Function2> = {
  And: (a, b) => a && b,
  Mul: (a, b) => a * b,
  Or: (a, b) => a || b,
  Pow: (a, b) => a ** b,
  PRelu: leakyRelu,
  Sub: minus,
};

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
};

/** Of any number of inputs, which are taken together one after the other. */
const VARIADIC: Record<string, Function2> = { Max: larger, Min: smaller, Sum: plus };

/** Functions of a number and of attributes, which have defaults. */
const WITH_ATTRIBUTES: Record<string, [defaults: Record<string, number>, f: Function3]> = {
  Elu: [{ alpha: 1 }, elu],
  HardSigmoid: [{ alpha: 0.2, beta: 0.5 }, (x, a, b) => clamp(a * x + b, 0, 1)],
  LeakyRelu: [{ alpha: 0.01 }, leakyRelu],
  Selu: [{ alpha: 1.6732631921768188, gamma: 1.0507010221481323 }, (x, a, g) => g * elu(x, a)],
};

/** Whole numbers are divided by known positive ones only, as in vae_widgets/bundle/onnx/shapes.py. */
const division =
  (f: Function2, ofWhole: Function2): Operator =>
  (call, a: Tensor, b: Tensor) => {
    const whole = isWhole(a);
    const good = !whole || valuesOf(b).every((value) => value > 0);
    need(good, "divides by a whole number below 1");
    return map(call, [a, b], whole ? ofWhole : f);
  };

const relu = (call: Call, x: Tensor): Tensor => {
  if (!mayReplace(x)) return map(call, [x], (value) => max(value, 0));
  const size = sizeOf(x.shape);
  step(call, size / 16, () => call.arena.machine.relu(x.offset, size));
  return x;
};

/** A table of operators, each made of what a table of functions has under its name. */
const operators = <F>(functions: Record<string, F>, make: (f: F) => Operator) =>
  Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, make(f)]));

export const ELEMENTWISE: Record<string, Operator> = {
  ...operators(UNARY, (f) => (call, x) => map(call, [x], f)),
  ...operators(BINARY, (f) => (call, a, b) => map(call, [a, b], f)),
  ...operators(COMPARISONS, (f) => (call, a, b) => map(call, [a, b], (x, y) => +f(x, y), true)),
  ...operators(
    VARIADIC,
    (f) =>
      (call, x, ...others) =>
        others.reduce((a, b) => map(call, [a, b], f), x),
  ),
  ...operators(WITH_ATTRIBUTES, ([defaults, f]) => (call, x) => {
    const [p, q] = Object.entries(defaults).map((each) => attribute(call, ...each));
    return map(call, [x], (each) => f(each, p, q));
  }),
  Add: add,
  Clip: (call, x, low = along([-Infinity]), high = along([Infinity])) =>
    map(call, [x, low, high], clamp),
  Div: division(divided, (a, b) => trunc(a / b)),
  Mod: division((a, b) => a % b, modulo),
  Relu: relu,
  Where: (call, c, a, b) => map(call, [c, a, b], (is, x, y) => (is ? x : y), isWhole(a)),
};
