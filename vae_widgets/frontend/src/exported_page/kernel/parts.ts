/** What the parts of the page's kernel know of each other. */

import type { PageModel } from "../page_model.ts";
import type { SamplePictures } from "./pictures.ts";

export interface Parts {
  /** The model of an id; null if it is not in this page. */
  model(id: string): PageModel | null;
  /** The pictures of samples by their number (widgets/exported_page/contents.py). */
  pictures(number: number): SamplePictures;
}
