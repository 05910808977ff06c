/**
 * Names of properties that the runtime of models has for itself; its bundle has shorter ones.
 *
 * They are names of the interfaces in src/model. The fields of loadModel, the exports of gemm.wat,
 * words of ONNX, and what objects of JavaScript have must keep their names. Tests look for such names
 * here, and run all operators of the bundle.
 */
const NAMES = `
  allocate arena attributes before block budget constants count dilation floats given inputs
  isHalf isKnown keep kernel machine made nodes numbers offset op opset out outputs pixels place
  release run seen shape shapes side spend spent start step steps stride strides taps uses whole zeros
`;

export const OWN_NAMES = new RegExp(`^(?:${NAMES.trim().split(/\s+/).join("|")})$`);
