/** The worker: it trains while the page draws. The build makes one script of it, which the page carries. */

import { quickestEngine } from "../../model/matrix/wasm.ts";
import { TrainingLoop } from "./training_loop.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** What a worker has of its page; TypeScript's own types for workers exclude those of pages. */
const page = globalThis as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: (event: MessageEvent<ToWorker>) => void;
};

const loop = new TrainingLoop(quickestEngine, (message, transfer) => page.postMessage(message, transfer));
page.onmessage = ({ data }) => void loop.take(data);
