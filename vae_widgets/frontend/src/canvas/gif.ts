/** An animated GIF (GIF89a specification, 1990) of pictures of one size. */

interface Picture {
  width: number;
  height: number;
  /** Red, green, blue and alpha of each pixel; alpha is ignored. */
  data: Uint8ClampedArray;
}

const MOST_COLOURS = 256;
const MOST_CODES = 4096;

/**
 * The bytes of a GIF that plays over and over.
 *
 * Each picture lasts `hundredths` of a second, and is enlarged `zoom` times with sharp edges. It has
 * its own colours, up to 256 exactly.
 */
export function gifOf(pictures: Picture[], hundredths: number, zoom: number): Uint8Array<ArrayBuffer> {
  const [width, height] = [pictures[0].width * zoom, pictures[0].height * zoom];
  const bytes = [...text("GIF89a"), ...word(width), ...word(height), 0, 0, 0];
  bytes.push(0x21, 0xff, 11, ...text("NETSCAPE2.0"), 3, 1, ...word(0), 0); // repeat without end
  for (const picture of pictures) {
    const { colours, indices } = reduced(picture.data);
    const bits = Math.max(2, Math.ceil(Math.log2(colours.length)));
    bytes.push(0x21, 0xf9, 4, 4, ...word(hundredths), 0, 0);
    bytes.push(0x2c, ...word(0), ...word(0), ...word(width), ...word(height), 0x80 | (bits - 1));
    for (let i = 0; i < 1 << bits; i++) {
      const colour = colours[i] ?? 0;
      bytes.push(colour >> 16, (colour >> 8) & 255, colour & 255);
    }
    bytes.push(bits);
    const packed = compressed(enlarged(indices, picture.width, zoom), bits);
    for (let i = 0; i < packed.length; i += 255) {
      const block = packed.slice(i, i + 255);
      bytes.push(block.length, ...block);
    }
    bytes.push(0);
  }
  bytes.push(0x3b);
  return Uint8Array.from(bytes);
}

const text = (ascii: string) => [...ascii].map((letter) => letter.charCodeAt(0));
const word = (value: number) => [value & 255, value >> 8];

/** The colours of a picture and the number of the colour of each pixel. */
function reduced(data: Uint8ClampedArray): { colours: number[]; indices: Uint8Array } {
  const counts = new Map<number, number>();
  const pixels = new Uint32Array(data.length / 4);
  for (let i = 0; i < pixels.length; i++) {
    const colour = (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2];
    pixels[i] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const boxes = counts.size > MOST_COLOURS ? medianCut(counts) : [...counts.keys()].map((each) => [each]);
  const numbers = new Map<number, number>();
  boxes.forEach((box, i) => box.forEach((colour) => numbers.set(colour, i)));
  return {
    colours: boxes.map((box) => meanOf(box, counts)),
    indices: Uint8Array.from(pixels, (colour) => numbers.get(colour)!),
  };
}

const SHIFTS = [16, 8, 0];

/** 256 groups of similar colours: median cut (Heckbert, SIGGRAPH 1982). */
function medianCut(counts: Map<number, number>): number[][] {
  const rangeOf = (colours: number[]) => {
    const ranges = SHIFTS.map((shift) => {
      // Not Math.max(...), which takes no more than some 100,000 values.
      let [low, high] = [255, 0];
      for (const colour of colours) {
        const value = (colour >> shift) & 255;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      return high - low;
    });
    const range = Math.max(...ranges);
    return { colours, range, shift: SHIFTS[ranges.indexOf(range)] };
  };
  const boxes = [rangeOf([...counts.keys()])];
  while (boxes.length < MOST_COLOURS) {
    const widest = boxes.reduce((most, box) => (box.range > most.range ? box : most));
    const { colours, shift } = widest;
    colours.sort((a, b) => ((a >> shift) & 255) - ((b >> shift) & 255));
    const middle = colours.length >> 1;
    boxes.splice(boxes.indexOf(widest), 1, rangeOf(colours.slice(0, middle)), rangeOf(colours.slice(middle)));
  }
  return boxes.map(({ colours }) => colours);
}

function meanOf(colours: number[], counts: Map<number, number>): number {
  const total = colours.reduce((sum, colour) => sum + counts.get(colour)!, 0);
  return SHIFTS.reduce((mean, shift) => {
    const sum = colours.reduce((part, colour) => part + ((colour >> shift) & 255) * counts.get(colour)!, 0);
    return mean | (Math.round(sum / total) << shift);
  }, 0);
}

function enlarged(indices: Uint8Array, width: number, zoom: number): Uint8Array {
  const across = width * zoom;
  const made = new Uint8Array(indices.length * zoom ** 2);
  for (let i = 0; i < made.length; i++) {
    const [row, column] = [Math.floor(i / across), i % across];
    made[i] = indices[Math.floor(row / zoom) * width + Math.floor(column / zoom)];
  }
  return made;
}

/** Compressed by LZW with codes of variable length, as GIF has it. */
function compressed(indices: Uint8Array, bits: number): number[] {
  const clear = 1 << bits;
  const bytes: number[] = [];
  let [held, count] = [0, 0];
  let [length, next] = [bits + 1, clear + 2];
  let codes = new Map<number, number>();
  const write = (code: number) => {
    held |= code << count;
    for (count += length; count >= 8; count -= 8) {
      bytes.push(held & 255);
      held >>>= 8;
    }
  };
  write(clear);
  let current = indices[0];
  for (let i = 1; i < indices.length; i++) {
    const longer = (current << 8) | indices[i];
    const known = codes.get(longer);
    if (known !== undefined) {
      current = known;
      continue;
    }
    write(current);
    if (next < MOST_CODES) {
      if (next === 1 << length) length++;
      codes.set(longer, next++);
    } else {
      write(clear);
      [length, next, codes] = [bits + 1, clear + 2, new Map()];
    }
    current = indices[i];
  }
  write(current);
  write(clear + 1);
  if (count) bytes.push(held);
  return bytes;
}
