/** The film of a path that is changed in the page. */

import type { PathDraft } from "../codec/path_draft.ts";
import { logPriors } from "../codec/path_profile.ts";
import type { Film } from "./filmstrip.ts";
import { withPaint, type FilmTiles } from "./film_tiles.ts";

/** The film of a draft, which has but the chosen method; what was not moved is as in `film`. */
export function draftFilm(film: Film, draft: PathDraft): Film {
  const { frames, tokens, stops, rows, chosen } = film;
  const row = { ...rows[chosen], logPrior: logPriors(draft.path, frames) };
  if (draft.stepSize) row.stepSize = draft.stepSize;
  return { tiles: draftTiles(film, draft), frames, tokens, stops, rows: [row], chosen: 0 };
}

function draftTiles({ tiles, rows, frames, stops }: Film, draft: PathDraft): FilmTiles {
  const { width, height, pixelArt, imageRendering } = draft.tiles;
  const decoded = withPaint(draft.tiles, draft.paint);
  const placeOf = (index: number) => {
    // After the frames come both ends, as they were given.
    const end = index - frames;
    if (end < 0) return { of: decoded, at: draft.nearest[index] };
    const [way, frame] = end ? [stops.length - 1, frames - 1] : [0, 0];
    if (draft.moved.has(way)) return { of: decoded, at: draft.nearest[frame] };
    return { of: tiles, at: rows.length * frames + end };
  };
  return {
    width,
    height,
    pixelArt,
    imageRendering,
    close() {},
    draw(context, index, ...box) {
      const { of, at } = placeOf(index);
      of.draw(context, at, ...box);
    },
    paint(context, index, box) {
      const { of, at } = placeOf(index);
      return of.paint?.(context, at, box) ?? false;
    },
  };
}
