// Draw with the renderers of the page: one line of JSON asks, one line answers.
import { createInterface } from "node:readline";
import { twinOf } from "../../../vae_widgets/frontend/src/rendering/twins.ts";

const floats = (text) => new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
for await (const line of createInterface({ input: process.stdin })) {
  const { spec, shape, x, xHat, fromTile } = JSON.parse(line);
  const twin = twinOf(spec, shape);
  const given = twin && fromTile ? twin.samplesOf(twin.draw(floats(x)).rgba) : floats(x);
  const made = twin && given && (xHat ? twin.difference(given, floats(xHat)) : twin.draw(given));
  const answer = made && { ...made, rgba: Buffer.from(made.rgba).toString("base64") };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
