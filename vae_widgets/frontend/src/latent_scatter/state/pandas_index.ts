/** The entries of the pandas index of the samples, for a file. The kernel has them. */

import { sentence } from "../../format/sentence.ts";
import { readTexts } from "../../kernel/arrays.ts";
import { Channel } from "../../kernel/channel.ts";
import { FileRequest } from "../../kernel/file_request.ts";
import type { Model } from "./model.ts";

const SILENT = "the kernel that has them does not answer";

export class PandasIndex {
  /** What a file lacks that was written without them. */
  lacks = "";
  readonly #model: Model;
  readonly #request: FileRequest<"keys">;

  constructor(model: Model) {
    this.#model = model;
    this.#request = new FileRequest(model, "keys");
  }

  /** One text for each sample; null if there is no index, or no kernel that answers. */
  async keys(): Promise<string[] | null> {
    this.lacks = "";
    if (!this.#model.get("_has_index")) return null;
    const channel = Channel.of(this.#model);
    let stop = () => {};
    const silence = new Promise<never>((_, failed) => {
      const look = () => channel.silent && failed(new Error(SILENT));
      stop = channel.watch(look);
      look();
    });
    try {
      const { keys } = await Promise.race([this.#request.ask(), silence]);
      return readTexts(keys!);
    } catch (error) {
      this.lacks = sentence(`It has row numbers, but no labels of the index: ${(error as Error).message}`);
      return null;
    } finally {
      stop();
    }
  }

  close(): void {
    this.#request.close();
  }
}
