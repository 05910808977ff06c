import assert from "node:assert/strict";
import { test } from "node:test";
import { haloedText, shortened, textBeside } from "../../../vae_widgets/frontend/src/canvas/text.ts";

const measureText = (text: string) => {
  const width = 6 * text.length;
  const box = { actualBoundingBoxLeft: 0, actualBoundingBoxRight: width };
  return { width, ...box, fontBoundingBoxAscent: 9, fontBoundingBoxDescent: 3 };
};
const context = { measureText, save() {}, restore() {}, fillRect() {} } as unknown as CanvasRenderingContext2D;

test("a text is shortened until it fits, and never to nothing", () => {
  assert.equal(shortened(context, "KL, 0 to 2 nats", 90), "KL, 0 to 2 nats");
  assert.equal(shortened(context, "KL, 0 to 2 nats", 60), "KL, 0 to…");
  assert.equal(shortened(context, "KL", 1), "K…");
});

test("a text beside a point is inside the box, on the side with room, and whole if it fits", () => {
  const box = { left: 50, top: 0, width: 200, height: 100 };
  const theme = { font: "serif", paper: "#fff", ink: "#000" } as Parameters<typeof textBeside>[1];
  for (const text of ["ab", "a bookmark", "a name that is longer than the box is wide"]) {
    for (let x = 50; x <= 250; x += 10) {
      const drawn: [string, number][] = [];
      const fillText = (short: string, from: number) => drawn.push([short, from]);
      const canvas = { ...context, textAlign: "", fillText, strokeText() {} };
      textBeside(canvas as unknown as CanvasRenderingContext2D, theme, text, { x, y: 9 }, box, 10);
      const [[short, from]] = drawn;
      const width = 6 * short.length;
      const left = canvas.textAlign === "right" ? from - width : from;
      assert.ok(left >= 50 && left + width <= 250, `${text} at ${x}`);
      assert.ok(left + width === x - 10 || left === x + 10);
      if (6 * text.length <= Math.max(240 - x, x - 60)) assert.equal(short, text);
    }
  }
});

test("a text has a ground behind all of it, and the rest of the picture keeps its opacity", () => {
  const done: unknown[] = [];
  const opacities: number[] = [];
  const canvas = {
    ...context,
    globalAlpha: 0.5,
    save: () => opacities.push(canvas.globalAlpha),
    restore: () => (canvas.globalAlpha = opacities.pop()!),
    fillRect: (...box: number[]) => done.push([canvas.globalAlpha, ...box]),
    strokeText: () => done.push([canvas.globalAlpha, "halo"]),
    fillText: () => done.push([canvas.globalAlpha, "text"]),
  };
  const theme = { font: "serif", paper: "#fff", ink: "#000" } as Parameters<typeof haloedText>[1];
  haloedText(canvas as unknown as CanvasRenderingContext2D, theme, "start", 100, 50);
  assert.deepEqual(done, [[0.35, 97, 41, 36, 12], [0.5, "halo"], [0.5, "text"]]);
});
