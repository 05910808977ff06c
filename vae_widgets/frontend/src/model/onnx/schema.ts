/**
 * The fields of onnx.proto that a model may have, as in vae_widgets/bundle/onnx/model.py. What is
 * skipped are texts for people, and what is refused wherever it is: weights in other files, graphs
 * within graphs, functions.
 */
import { BYTES, FLOAT, INT, type Schema, SKIP } from "./protobuf.ts";

const OPSET: Schema = { 1: BYTES, 2: INT }; // domain, version
const TENSOR: Schema = {
  1: [INT], // dims
  2: INT, // data_type
  4: [FLOAT], // float_data
  5: [INT], // int32_data
  7: [INT], // int64_data
  8: BYTES, // name
  9: BYTES, // raw_data
  12: SKIP, // doc_string
  13: [SKIP], // external_data
  14: INT, // data_location
};
const ATTRIBUTE: Schema = {
  1: BYTES, // name
  2: FLOAT, // f
  3: INT, // i
  4: BYTES, // s
  5: TENSOR, // t
  6: SKIP, // g
  7: [FLOAT], // floats
  8: [INT], // ints
  9: [BYTES], // strings
  13: SKIP, // doc_string
  20: INT, // type
};
const NODE: Schema = {
  1: [BYTES], // input
  2: [BYTES], // output
  3: BYTES, // name
  4: BYTES, // op_type
  5: [ATTRIBUTE], // attribute
  6: SKIP, // doc_string
  7: BYTES, // domain
};
const DIMENSION: Schema = { 1: INT, 2: BYTES, 3: SKIP }; // dim_value, dim_param, denotation
const TENSOR_TYPE: Schema = { 1: INT, 2: { 1: [DIMENSION] } }; // elem_type, shape
const TYPE: Schema = { 1: TENSOR_TYPE, 6: SKIP }; // tensor_type, denotation
const VALUE: Schema = { 1: BYTES, 2: TYPE, 3: SKIP }; // name, type, doc_string
const GRAPH: Schema = {
  1: [NODE], // node
  2: BYTES, // name
  5: [TENSOR], // initializer
  10: SKIP, // doc_string
  11: [VALUE], // input
  12: [VALUE], // output
};
export const MODEL: Schema = {
  1: INT, // ir_version
  2: SKIP, // producer_name
  3: SKIP, // producer_version
  4: SKIP, // domain
  5: INT, // model_version
  6: SKIP, // doc_string
  7: GRAPH, // graph
  8: [OPSET], // opset_import
  25: [SKIP], // functions
};
