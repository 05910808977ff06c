/** The pictures of queued samples (widgets/review_queue/pictures.py). */

import { readTexts } from "../kernel/arrays.ts";
import type { PageModel } from "./page_model.ts";
import type { Parts } from "./parts.ts";
import type { Pictured } from "./review.ts";

export function reviewPictures(model: PageModel, parts: Parts): Pictured {
  const own = model.own!;
  const note = model.get("_window").note ?? "";
  const texts = readTexts(own.details ?? null);
  return async (rows) => {
    const details = rows.map((row) => texts?.[row] ?? "");
    const nothing = { pictures: [], tiles: {}, note: "", details, error: "" };
    if (own.pictures === null || !rows.length) return nothing;
    const { samples, renderer } = parts.pictures(own.pictures);
    const decoder = renderer && parts.decoder(own.model, renderer);
    if (!samples || !decoder?.model.canEncode) {
      return { ...nothing, note, pictures: ["input"], tiles: await parts.pictures(own.pictures).of(rows) };
    }
    const x = samples.of(rows);
    const tiles = await decoder.compared(x, decoder.model.decode(decoder.model.encode(x).zMean));
    return { ...nothing, note, pictures: ["input", "reconstruction", "residual"], tiles };
  };
}
