/** Geometry that pointer gestures and drawings share. */

export interface Point {
  x: number;
  y: number;
}

interface Size {
  width: number;
  height: number;
}

/**
 * The left top corner of a card beside a point: to the right, left, above or below, wherever it
 * first fits into the frame, and never over the point. Below, it may go beyond the frame.
 */
export function cardBeside(at: Point, card: Size, frame: Size, gap: number): Point {
  const clamp = (from: number, most: number) => Math.max(0, Math.min(from, most));
  const y = clamp(at.y - card.height / 2, frame.height - card.height);
  if (at.x + gap + card.width <= frame.width) return { x: at.x + gap, y };
  if (at.x - gap >= card.width) return { x: at.x - gap - card.width, y };
  const x = clamp(at.x - card.width / 2, frame.width - card.width);
  return { x, y: at.y - gap >= card.height ? at.y - gap - card.height : at.y + gap };
}
