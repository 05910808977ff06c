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
export const need: (good: unknown, problem: string) => asserts good = (good, problem) => {
  if (!good) throw new BadModelError(`it ${problem.slice(0, 150)}`);
};

/** Refuse a file unless two values are the same, as text. */
export const needSame = (what: string, found: unknown, expected: unknown): void => {
  need(`${found}` === `${expected}`, `has ${found} as ${what}; expected ${expected}`);
};

/** Refuse a file unless a number is within limits. */
export const needBetween = (what: string, found: number, least: number, most = Infinity): void => {
  need(found >= least && found <= most, `has ${found} as ${what}; expected ${least} to ${most}`);
};

/** Leave to the kernel what does not run in the page; a node adds its operator to what it is. */
export const lack: (what: string) => never = (what) => {
  throw new UnsupportedModelError(what);
};
