/** Samples from files: pictures, and rows of numbers. */

/** A picture as samples (height, width, channels): grey levels or colours from `low` to `high`. */
export async function readPicture(
  file: Blob,
  width: number,
  height: number,
  channels: number,
  [low, high]: [number, number],
): Promise<Float32Array> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new Error("The file is no picture that this browser reads.");
  });
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  const { data } = context.getImageData(0, 0, width, height);
  return Float32Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = 4 * Math.floor(at / channels);
    const [r, g, b] = data.subarray(pixel, pixel + 3);
    // As Pillow turns colours into grey (ITU-R 601-2).
    const level = channels === 1 ? (r * 299 + g * 587 + b * 114) / 1000 : data[pixel + (at % channels)];
    return low + (level / 255) * (high - low);
  });
}

/** The first `count` numbers of a text, separated by commas, semicolons, spaces or lines. */
export function readNumbers(text: string, count: number): number[] {
  const cells = text.split(/[\s,;]+/).filter(Boolean);
  const numbers = cells.map(Number);
  // A header, or a label in front, is no number.
  const known = numbers.filter(Number.isFinite);
  if (known.length !== count) {
    throw new Error(`The text has ${known.length} numbers; expected ${count}, the values of one sample.`);
  }
  return known;
}
