/** The operators that run in the page, by name: https://onnx.ai/onnx/operators. */
import { CONVOLUTIONS } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { MOVES } from "./moves.ts";
import { POOLING } from "./pooling.ts";
import { PRODUCTS } from "./products.ts";
import { REDUCTIONS } from "./reductions.ts";

export const OPERATORS = new Map(
  [CONVOLUTIONS, ELEMENTWISE, MOVES, POOLING, PRODUCTS, REDUCTIONS].flatMap((each) =>
    Object.entries(each),
  ),
);
