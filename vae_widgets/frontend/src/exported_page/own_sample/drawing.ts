/** A canvas to draw on with a pointer. It triggers "change" while a line is drawn. */

import { element } from "../../controls/shell.ts";
import type { Ink } from "./ink.ts";

const SIDE = 224;
/** The width of a line, as a share of the side: in MNIST it is about a tenth of a digit's height. */
const PEN = 0.075;

export class Drawing {
  readonly root = element("canvas", "vw-own-canvas");
  readonly #context: CanvasRenderingContext2D;

  constructor(changed: () => void) {
    this.root.width = this.root.height = SIDE;
    this.root.role = "img";
    this.root.ariaLabel = "Draw here with a mouse, a pen or a finger";
    this.#context = this.root.getContext("2d", { willReadFrequently: true })!;
    this.root.addEventListener("pointerdown", (event) => this.#draw(event));
    this.root.addEventListener("change", changed);
  }

  clear(): void {
    this.#context.clearRect(0, 0, SIDE, SIDE);
  }

  get ink(): Ink {
    const { data } = this.#context.getImageData(0, 0, SIDE, SIDE);
    const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3] / 255);
    return { values, width: SIDE, height: SIDE };
  }

  #draw(down: PointerEvent): void {
    down.preventDefault();
    const { root } = this;
    const context = this.#context;
    root.setPointerCapture(down.pointerId);
    context.lineWidth = PEN * SIDE;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = getComputedStyle(root).color;
    let [x, y] = this.#place(down);
    const move = (event: PointerEvent) => {
      context.beginPath();
      context.moveTo(x, y);
      [x, y] = this.#place(event);
      context.lineTo(x, y);
      context.stroke();
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

  #place({ clientX, clientY }: PointerEvent): [number, number] {
    const { left, top, width, height } = this.root.getBoundingClientRect();
    return [((clientX - left) * SIDE) / width, ((clientY - top) * SIDE) / height];
  }
}
