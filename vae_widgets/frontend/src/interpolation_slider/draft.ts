/** The film of a path that is changed in the page. */

import type { PathDraft } from "../codec/path_draft.ts";
import { logPriors } from "../codec/path_profile.ts";
import type { Film, FilmTiles } from "./filmstrip.ts";

/** The film of a draft, which has but the chosen method; what was not moved is as in `film`. */
export function draftFilm(film: Film, draft: PathDraft): Film {
  const { frames, tokens, stops, rows, chosen } = film;
  const row = { ...rows[chosen], logPrior: logPriors(draft.path, frames) };
  if (draft.stepSize) row.stepSize = draft.stepSize;
  return { tiles: draftTiles(film, draft), frames, tokens, stops, rows: [row], chosen: 0 };
}

function draftTiles({ tiles, rows, frames, stops }: Film, draft: PathDraft): FilmTiles {
  const { width, height, pixelArt, imageRendering } = draft.tiles;
  return {
    width,
    height,
    pixelArt,
    imageRendering,
    close() {},
    draw(context, index, ...box) {
      // After the frames come both ends, as they were given.
      const end = index - frames;
      if (end < 0) return draft.tiles.draw(context, draft.nearest[index], ...box);
      const [way, frame] = end ? [stops.length - 1, frames - 1] : [0, 0];
      if (draft.moved.has(way)) draft.tiles.draw(context, draft.nearest[frame], ...box);
      else tiles.draw(context, rows.length * frames + end, ...box);
    },
  };
}
