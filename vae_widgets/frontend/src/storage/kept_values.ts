/** Values of traits in the browser's storage. They are validated, as any page may write there. */

export interface KeptValue {
  value: unknown;
  kernel: string;
  /** Whether that kernel has received it. */
  heard: boolean;
}

/** Describes the value of each trait; "" for one not worth offering. Throws for an invalid one. */
export type Descriptions = Record<string, (value: any) => string>;

/** The valid values; the others are left out. */
export function goodValues(stored: unknown, descriptions: Descriptions): Record<string, KeptValue> {
  const good: Record<string, KeptValue> = {};
  if (typeof stored !== "object" || stored === null) return good;
  for (const name of Object.keys(descriptions)) {
    const kept = Object.hasOwn(stored, name) ? (stored as Record<string, any>)[name] : null;
    if (typeof kept?.kernel !== "string" || typeof kept.heard !== "boolean") continue;
    try {
      descriptions[name](decode(kept.value));
      good[name] = kept;
    } catch {
      // of a wrong type or size
    }
  }
  return good;
}

/** The value for JSON: bytes become text. */
export function encode(value: any): any {
  if (value instanceof DataView) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
  }
  return mapped(value, encode);
}

export function decode(value: any): any {
  if (typeof value?.base64 !== "string") return mapped(value, decode);
  return new DataView(Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0)).buffer);
}

function mapped(value: any, act: (part: any) => any): any {
  if (Array.isArray(value)) return value.map(act);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, act(part)]));
}
