/** A model that cannot stop the viewer: a file may hold a graph that fails for some of its inputs. */

import type { InPageModel } from "../model/in_page_model.ts";

/** Where the model fails to decode, samples are NaN, and `tell` is called with the reason the first time. */
export function guarded(model: InPageModel, tell: (why: string) => void): InPageModel {
  let isTold = false;
  return {
    ...model,
    decode(z) {
      try {
        return model.decode(z);
      } catch (error) {
        if (!isTold) tell((error as Error).message);
        isTold = true;
        const size = model.sampleShape.reduce((product, side) => product * side, 1);
        return new Float32Array((z.length / model.latentDim) * size).fill(NaN);
      }
    },
  };
}
