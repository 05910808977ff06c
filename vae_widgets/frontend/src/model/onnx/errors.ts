/** Why a model does not run in the page. */

/** The file is damaged, needs too much memory or time, or is not what was announced. */
export class BadModelError extends Error {
  override name = "BadModelError";
}

/** The model uses something that only the kernel can run; the message names the operator. */
export class UnsupportedModelError extends Error {
  override name = "UnsupportedModelError";
}
