/** Small values that outlive the page and the kernel, in the browser's local storage. */

const PREFIX = "vae_widgets:";
/** At most this many values are kept; the oldest are deleted first. */
const MOST = 40;

interface Stored {
  saved: number;
  value: unknown;
}

/** The value kept under a name; null if there is none, or if the browser stores nothing. */
export function recall<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? null : ((JSON.parse(text) as Stored).value as T);
  } catch {
    return null;
  }
}

/** Keep a value; null deletes it. Returns false if the browser refuses. */
export function remember(name: string, value: unknown): boolean {
  const key = PREFIX + name;
  try {
    if (value === null) {
      localStorage.removeItem(key);
      return true;
    }
    const text = JSON.stringify({ saved: Date.now(), value } satisfies Stored);
    makeRoom(key, MOST - 1);
    try {
      localStorage.setItem(key, text);
    } catch {
      makeRoom(key, 0); // the storage is full: this value matters most
      localStorage.setItem(key, text);
    }
    return true;
  } catch {
    return false;
  }
}

/** Remove the oldest of our values beside `key` until `most` are left. */
function makeRoom(key: string, most: number): void {
  const others = Object.keys(localStorage).filter((other) => other.startsWith(PREFIX) && other !== key);
  if (others.length <= most) return;
  const savedAt = (other: string) => {
    try {
      const { saved } = JSON.parse(localStorage.getItem(other)!) as Stored;
      return Number.isFinite(saved) ? saved : 0;
    } catch {
      return 0;
    }
  };
  others.sort((a, b) => savedAt(a) - savedAt(b));
  for (const other of others.slice(0, others.length - most)) localStorage.removeItem(other);
}
