/** The fields of onnx.proto that a model may have, as in vae_widgets/bundle/onnx/model.py. */
import type { Schema } from "./protobuf.ts";

const OPSET: Schema = { 1: ["domain", "bytes"], 2: ["version", "int"] };
const TENSOR: Schema = {
  1: ["dims", "ints"],
  2: ["data_type", "int"],
  4: ["float_data", "floats"],
  5: ["int32_data", "ints"],
  7: ["int64_data", "ints"],
  8: ["name", "bytes"],
  9: ["raw_data", "bytes"],
  12: ["doc_string", "skip"],
  13: ["external_data", ["skip"]],
  14: ["data_location", "int"],
};
const ATTRIBUTE: Schema = {
  1: ["name", "bytes"],
  2: ["f", "float"],
  3: ["i", "int"],
  4: ["s", "bytes"],
  5: ["t", TENSOR],
  6: ["g", "skip"],
  7: ["floats", "floats"],
  8: ["ints", "ints"],
  9: ["strings", ["bytes"]],
  13: ["doc_string", "skip"],
  20: ["type", "int"],
};
const NODE: Schema = {
  1: ["input", ["bytes"]],
  2: ["output", ["bytes"]],
  3: ["name", "bytes"],
  4: ["op_type", "bytes"],
  5: ["attribute", [ATTRIBUTE]],
  6: ["doc_string", "skip"],
  7: ["domain", "bytes"],
};
const DIMENSION: Schema = {
  1: ["dim_value", "int"],
  2: ["dim_param", "bytes"],
  3: ["denotation", "skip"],
};
const TYPE: Schema = {
  1: ["tensor_type", { 1: ["elem_type", "int"], 2: ["shape", { 1: ["dim", [DIMENSION]] }] }],
  6: ["denotation", "skip"],
};
const VALUE: Schema = { 1: ["name", "bytes"], 2: ["type", TYPE], 3: ["doc_string", "skip"] };
const GRAPH: Schema = {
  1: ["node", [NODE]],
  2: ["name", "bytes"],
  5: ["initializer", [TENSOR]],
  10: ["doc_string", "skip"],
  11: ["input", [VALUE]],
  12: ["output", [VALUE]],
};
export const MODEL: Schema = {
  1: ["ir_version", "int"],
  8: ["opset_import", [OPSET]],
  2: ["producer_name", "skip"],
  3: ["producer_version", "skip"],
  4: ["domain", "skip"],
  5: ["model_version", "int"],
  6: ["doc_string", "skip"],
  7: ["graph", GRAPH],
  25: ["functions", ["skip"]],
};
/** Number of an attribute's type -> field that has its value. */
export const ATTRIBUTE_FIELDS: Record<number, string> = {
  1: "f",
  2: "i",
  3: "s",
  4: "t",
  6: "floats",
  7: "ints",
  8: "strings",
};
