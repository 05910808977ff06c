/** Read JSON strictly, so that every other reader would read the same (core/strict_json.py). */

const MOST_LEVELS = 100;

/**
 * The value of a JSON text in UTF-8. Throws an `Error` that says what is wrong: a key twice in one object, a number
 * beyond floats, more than 100 levels.
 */
export function readJson(content: Uint8Array, mostBytes: number): unknown {
  if (content.length > mostBytes)
    throw new Error(`it has ${content.length} bytes; expected at most ${mostBytes}`);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  const pairs = checkLevels(text);
  let found = 0;
  const value: unknown = JSON.parse(text, (_, part) => {
    if (typeof part === "number" && !Number.isFinite(part))
      throw new Error("it has a number that is too large");
    if (part !== null && typeof part === "object" && !Array.isArray(part)) found += Object.keys(part).length;
    return part;
  });
  if (found < pairs) throw new Error("a key is there more than once");
  return value;
}

/** The number of pairs of key and value in a text. Throws for too many levels, before anything is parsed. */
function checkLevels(text: string): number {
  let [levels, pairs, inText] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (inText) {
      if (letter === "\\") i++;
      else if (letter === '"') inText = false;
    } else if (letter === '"') inText = true;
    else if (letter === ":") pairs++;
    else if (letter === "{" || letter === "[") {
      if (++levels > MOST_LEVELS) throw new Error(`it has more than ${MOST_LEVELS} levels`);
    } else if (letter === "}" || letter === "]") levels--;
  }
  return pairs;
}
