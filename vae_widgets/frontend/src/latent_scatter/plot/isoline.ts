/** The lines where values on a grid cross a level, by marching squares. */

/** Steps along x and y from the first corner of a cell to each, all the way round. */
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** Line segments, each x0, y0, x1, y1, counted in columns and rows of `values`. */
export function isoline(values: Float32Array, columns: number, level: number): number[] {
  const segments: number[] = [];
  for (let row = 0; row + 1 < values.length / columns; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = (i: number) => values[(row + CORNERS[i][1]) * columns + column + CORNERS[i][0]];
      // The crossings of the sides of the cell.
      const crossings: [number, number][] = [];
      for (let i = 0; i < 4; i++) {
        const next = (i + 1) % 4;
        const [a, b] = [at(i), at(next)];
        if (a >= level === b >= level) continue;
        const share = (level - a) / (b - a);
        const along = (axis: number) =>
          CORNERS[i][axis] + share * (CORNERS[next][axis] - CORNERS[i][axis]);
        crossings.push([column + along(0), row + along(1)]);
      }
      // At a saddle the mean decides which of the four crossings belong together.
      const middle = (at(0) + at(1) + at(2) + at(3)) / 4;
      if (crossings.length === 4 && middle >= level !== at(0) >= level) {
        crossings.unshift(crossings.pop()!);
      }
      for (const [x, y] of crossings) segments.push(x, y);
    }
  }
  return segments;
}
