/**
 * Read a zip from an untrusted source, if it is plain: few parts with plain names (bundle/stored_zip.py).
 *
 * Nothing is compressed or encrypted, so no part is larger than the zip itself, and parts are views of its bytes.
 */

import { BadFileError } from "./errors.ts";

/** Largest zip that is read. */
export const MOST_BYTES = 2 ** 30;

const PART_NAME = /^[a-z0-9_]{1,40}(\.[a-z0-9_]{1,20}){1,2}$/;
/** More than a hundred entries, which is ten times what there may be. */
const MOST_DIRECTORY_BYTES = 2 ** 14;
/** Sizes of the three records of a zip, without the name that follows the first two. */
const [HEADER, ENTRY, END] = [30, 46, 22];
const [HEADER_SIGN, ENTRY_SIGN, END_SIGN] = [0x04034b50, 0x02014b50, 0x06054b50];
/** Kinds of files of Unix in the attributes of an entry. */
const [KIND, REGULAR] = [0o170000, 0o100000];

/** The content of each part, by name. Throws a `BadFileError` if it is not a zip, damaged, or not plain. */
export function readStoredZip(content: Uint8Array): Map<string, Uint8Array> {
  const size = content.length;
  if (size > MOST_BYTES)
    throw new BadFileError(`The file has ${size} bytes; expected at most ${MOST_BYTES}.`);
  const view = new DataView(content.buffer, content.byteOffset, size);
  const end = size - END;
  if (end < 0 || view.getUint32(end, true) !== END_SIGN || view.getUint16(end + 20, true) !== 0) {
    throw new BadFileError("The file is not a zip file, or its end is missing; expected a whole .vae file.");
  }
  const count = view.getUint16(end + 10, true);
  const directoryBytes = view.getUint32(end + 12, true);
  const directory = view.getUint32(end + 16, true);
  const isPlain = view.getUint32(end + 4, true) === 0 && view.getUint16(end + 8, true) === count;
  if (!isPlain || directoryBytes > MOST_DIRECTORY_BYTES || directory + directoryBytes !== end) {
    throw new BadFileError("The file has too many parts, or not the directory of a plain zip.");
  }
  const parts = new Map<string, Uint8Array>();
  let [at, place] = [directory, 0];
  for (let i = 0; i < count; i++) {
    const entry = readEntry(view, at, end);
    if (parts.has(entry.name)) throw new BadFileError(`Part '${entry.name}' is there twice.`);
    const start = place + HEADER + entry.nameBytes;
    if (start + entry.size > directory) {
      throw new BadFileError(`Part '${entry.name}' claims more bytes than the file has.`);
    }
    if (entry.offset !== place || !isHeaderOf(view, place, at, entry.nameBytes)) {
      throw new BadFileError(
        `Part '${entry.name}' does not begin where it should, with what the directory says. There are other bytes before it.`,
      );
    }
    const part = content.subarray(start, start + entry.size);
    if (crc32(part) !== entry.crc) throw new BadFileError(`Part '${entry.name}' is damaged.`);
    parts.set(entry.name, part);
    place = start + entry.size;
    at += ENTRY + entry.nameBytes;
  }
  if (at !== end || place !== directory) throw new BadFileError("The file has bytes that belong to no part.");
  return parts;
}

/** Read and check an entry of the directory. */
function readEntry(view: DataView, at: number, end: number) {
  if (at + ENTRY > end || view.getUint32(at, true) !== ENTRY_SIGN) {
    throw new BadFileError("The file is a damaged zip: its directory has an entry that is none.");
  }
  const nameBytes = view.getUint16(at + 28, true);
  const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  if (at + ENTRY + nameBytes > end)
    throw new BadFileError("The file is a damaged zip: its directory ends too early.");
  const name = latin1(view, at + ENTRY, nameBytes);
  if (!PART_NAME.test(name)) {
    throw new BadFileError(
      `Part ${JSON.stringify(name.slice(0, 80))} has an unsafe name; expected a plain one such as 'decoder.onnx'.`,
    );
  }
  const kind = (view.getUint32(at + 38, true) >>> 16) & KIND;
  if (kind !== 0 && kind !== REGULAR) throw new BadFileError(`Part '${name}' is a link or a special file.`);
  if (view.getUint16(at + 8, true) !== 0)
    throw new BadFileError(`Part '${name}' is encrypted, or has other flags; expected plain content.`);
  if (view.getUint16(at + 10, true) !== 0 || packed !== size) {
    throw new BadFileError(`Part '${name}' is compressed; expected a stored one.`);
  }
  // Extra fields and a comment would be bytes that belong to no part.
  if (view.getUint16(at + 30, true) || view.getUint16(at + 32, true)) {
    throw new BadFileError(`Part '${name}' has an extra field or a comment; expected none.`);
  }
  return { name, nameBytes, size, crc: view.getUint32(at + 16, true), offset: view.getUint32(at + 42, true) };
}

/** Whether the header before a part says what its entry in the directory says. */
function isHeaderOf(view: DataView, header: number, entry: number, nameBytes: number): boolean {
  if (view.getUint32(header, true) !== HEADER_SIGN) return false;
  // Version, flags, method, time, checksum and sizes stand in the same order, and then the name.
  for (let i = 4; i < HEADER; i++)
    if (view.getUint8(header + i) !== view.getUint8(entry + 2 + i)) return false;
  for (let i = 0; i < nameBytes; i++) {
    if (view.getUint8(header + HEADER + i) !== view.getUint8(entry + ENTRY + i)) return false;
  }
  return true;
}

function latin1(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(view.getUint8(at + i))).join("");
}

/** What each of the 256 bytes does to a checksum. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of a zip (ISO 3309). */
export function crc32(content: Uint8Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < content.length; i++) value = TABLE[(value ^ content[i]) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
