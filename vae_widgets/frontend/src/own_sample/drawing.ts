/** A canvas to draw on with a pointer. It triggers "change" while a line is drawn. */

import type { Point } from "../canvas/geometry.ts";
import { watchTheme } from "../canvas/theme.ts";
import { element } from "../controls/shell.ts";
import { frameDrawing, type Ink } from "./ink.ts";

const SIDE = 224;
/** The width of a line while it is drawn, in pixels. */
const PEN = 17;

export class Drawing {
  readonly root = element("canvas", "vw-own-canvas");
  readonly #context: CanvasRenderingContext2D;
  readonly #stop: () => void;
  /** The points of each line. */
  #lines: Point[][] = [];

  constructor(changed: () => void) {
    this.root.width = this.root.height = SIDE;
    this.root.role = "img";
    this.root.ariaLabel = "Draw here with a mouse, a pen or a finger";
    this.#context = this.root.getContext("2d")!;
    this.root.addEventListener("pointerdown", (event) => this.#draw(event));
    this.root.addEventListener("change", changed);
    this.#stop = watchTheme(() => this.#redraw());
  }

  /** Let the page forget it. */
  close(): void {
    this.#stop();
  }

  clear(): void {
    this.#lines = [];
    this.#context.clearRect(0, 0, SIDE, SIDE);
  }

  /** Draw all lines in the colour of text, which another theme changes. */
  #redraw(): void {
    this.#context.clearRect(0, 0, SIDE, SIDE);
    this.#takePen();
    for (const line of this.#lines) stroke(this.#context, line);
  }

  #takePen(): void {
    setPen(this.#context, PEN);
    this.#context.strokeStyle = getComputedStyle(this.root).color;
  }

  /**
   * The drawing, enlarged to the whole canvas, with lines as wide as a `share` of its longer side: lines of
   * images have one width, and the pen is too thick for a small drawing. Null without lines.
   */
  ink(share: number): Ink | null {
    const frame = frameDrawing(this.#lines.flat(), share, SIDE);
    if (!frame) return null;
    const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d")!;
    context.setTransform(frame.scale, 0, 0, frame.scale, frame.x, frame.y);
    setPen(context, frame.pen);
    for (const line of this.#lines) stroke(context, line);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3] / 255);
    return { values, width: SIDE, height: SIDE };
  }

  #draw(down: PointerEvent): void {
    down.preventDefault();
    const { root } = this;
    const context = this.#context;
    root.setPointerCapture(down.pointerId);
    this.#takePen();
    const line: Point[] = [];
    this.#lines.push(line);
    const move = (event: PointerEvent) => {
      line.push(this.#place(event));
      stroke(context, line.slice(-2));
      root.dispatchEvent(new Event("change"));
    };
    const end = () => {
      root.removeEventListener("pointermove", move);
      root.removeEventListener("pointerup", end);
      root.removeEventListener("pointercancel", end);
    };
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", end);
    root.addEventListener("pointercancel", end);
    move(down);
  }

  #place({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.root.getBoundingClientRect();
    return { x: ((clientX - left) * SIDE) / width, y: ((clientY - top) * SIDE) / height };
  }
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

function setPen(context: Context, width: number): void {
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
}

/** A line through points; a single point is a dot. */
function stroke(context: Context, line: Point[]): void {
  context.beginPath();
  context.moveTo(line[0].x, line[0].y);
  for (const { x, y } of line) context.lineTo(x, y);
  context.stroke();
}
