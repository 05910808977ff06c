/** Of Petroff's colours, as in rendering/line_drawing.py. */
export const LINE_COLOURS: [number, number, number][] = [
  [63, 144, 218],
  [231, 99, 0],
  [113, 117, 129],
  [189, 31, 1],
  [169, 107, 89],
  [131, 45, 182],
];
