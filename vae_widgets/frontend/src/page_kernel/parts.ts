/** What the parts of the page's kernel know of each other. */

import type { InPageModel } from "../model/in_page_model.ts";
import type { PageRenderer } from "../rendering/page_renderer.ts";
import type { PageModel } from "./page_model.ts";
import type { Decoder } from "./decoder.ts";
import type { SamplePictures } from "./pictures.ts";

export interface Parts {
  /** The stand-in of an id; null if it is not in this page. */
  model(id: string): PageModel | null;
  /** The pictures of samples by their number (widgets/exported_page/contents.py). */
  pictures(number: number): SamplePictures;
  /** The model that decodes and encodes, by its name; null if the page has none that runs. */
  inPageModel(name: string): InPageModel | null;
  decoder(name: string, renderer: PageRenderer): Decoder | null;
}
