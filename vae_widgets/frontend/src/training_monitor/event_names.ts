/** Places for the names of events above the training curves. */

const MOST_ROWS = 3;
const GAP = 6;

/** A name that is placed: the events that it stands for, its left end and its row. */
export interface PlacedName {
  first: number;
  more: number;
  left: number;
  row: number;
}

/**
 * Places names at lines from left to right, in rows, so that none covers another and none ends beyond
 * `right`. Names without room are counted in the name before them.
 */
export function layNames(lines: number[], widths: number[], right: number, moreWidth: number): PlacedName[] {
  const ends = Array<number>(MOST_ROWS).fill(-Infinity);
  const placed: PlacedName[] = [];
  lines.forEach((line, i) => {
    const last = i === lines.length - 1;
    // Room for the count, in case that the next names have none.
    const left = Math.max(0, Math.min(line, right - widths[i] - (last ? 0 : moreWidth)));
    const row = ends.findIndex((end) => left >= end);
    if (row < 0) {
      placed.at(-1)!.more += 1;
      return;
    }
    ends[row] = left + widths[i] + moreWidth + GAP;
    placed.push({ first: i, more: 0, left, row });
  });
  return placed;
}
