/** Why a model does not run in the page. */

/** The file is damaged, needs too much memory or time, or is not what was announced. */
export class BadModelError extends Error {
  override name = "BadModelError";
}

/** The model uses something that only the kernel can run; the message names the operator. */
export class UnsupportedModelError extends Error {
  override name = "UnsupportedModelError";
}

/** Refuse a file unless something holds. A name in it may be long: it stands at the end of a problem. */
export function need(good: unknown, problem: string): asserts good {
  if (!good) throw new BadModelError(`it ${problem.slice(0, 150)}`);
}

/** Leave to the kernel what does not run in the page; a node adds its operator to what it is. */
export function lack(what: string): never {
  throw new UnsupportedModelError(what);
}
