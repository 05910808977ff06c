/** The page of ReviewQueue (widgets/review_queue/widget.py): samples reviewed one by one. */

import "../controls/tiles.css";
import "./widget.css";
import { onKey } from "../controls/keys.ts";
import { markColour, ReviewCard } from "./card.ts";
import type { ReviewOrigin } from "./kept_marks.ts";
import { Marking, MARKS_FILE, type QueueWindow } from "./marking.ts";
import { Thumbnails } from "./thumbnails.ts";
import { firstShown, nextOpen, SIGNS, summary, verdict, type Mark } from "./marks.ts";
import { exportMenu, pictureFile } from "../controls/export_menu.ts";
import { button, createShell, element, swatched } from "../controls/shell.ts";
import { frontEndModule, type View } from "../kernel/front_end_module.ts";
import { listen } from "../kernel/listen.ts";
import { setAndPush, send, pushStateThrottled } from "../kernel/sync.ts";
import { whole } from "../format/numbers.ts";
import { Tiles, type WireAtlas } from "../kernel/atlas.ts";

interface QueueContent extends QueueWindow {
  threshold: number;
  /** Names of the pictures of a sample; all inputs come first among the tiles, and so on. */
  pictures: string[];
  tiles: WireAtlas | Record<string, never>;
  /** What the pixel values of a tile mean. */
  note: string;
  /** Why no sample is queued, and what to do; empty where some are. */
  nothing: string;
  /** The renderer's HTML about each sample; empty without pictures. */
  details: string[];
  error: string;
}

interface State {
  order: string;
  position: number;
  _window: QueueContent;
  _marks: Mark[];
  _flagged: boolean[];
  _counts: Record<string, number>;
  _can_undo: boolean;
  _status: string;
  _origin: ReviewOrigin;
}

const ORDERS = [
  ["random", "random sample of the flagged"],
  ["nearest", "nearest the threshold"],
  ["highest", "highest score first"],
];
const PLACES = 11;
const KEYS = "Left and right arrows move. T: true alarm. F: false alarm. S: unsure. C: clear. U or Ctrl+Z: undo. Ctrl+Y: do it again.";

function render({ model, el }: View<State>) {
  const shell = createShell(el, "Review", model, "marking");
  shell.root.classList.add("vw-review");
  const progress = element("span", "vw-review-progress");
  const orders = element("select", "vw-input");
  orders.title = "Which samples come first";
  orders.ariaLabel = "Order";
  for (const [value, text] of ORDERS) orders.add(new Option(text, value));
  orders.addEventListener("change", () => setAndPush(model, { order: orders.value }));
  const nextHint = "Queue the next samples, and remove the marked ones";
  const more = button("More", nextHint, () => send(model, "refill", {}));
  const tools = element("div", "vw-review-tools");
  shell.title.append(progress, tools);
  const card = new ReviewCard();
  card.root.ariaDescription = KEYS;
  const strip = new Thumbnails(go);
  shell.picture.append(card.root, strip.root);

  let tiles: Tiles | null = null;
  let loading = 0;
  let problem = "";
  const marking = new Marking(model, (failure = "") => {
    problem = failure || problem;
    show();
  });
  shell.notice.root.after(marking.bar.root);
  const files = [
    pictureFile("review", shell.root),
    {
      label: "Marks (CSV)",
      hint: "Save all marks, which ReviewQueue.load reads",
      name: MARKS_FILE,
      make: () => marking.file(),
    },
  ];
  tools.append(orders, more, exportMenu(files, shell.setStatus));

  const at = () => model.get("position") - model.get("_window").start;

  // -- gestures ----------------------------------------------------------------------------------

  function go(position: number): void {
    // After the last sample comes the summary.
    const to = Math.max(0, Math.min(position, model.get("_marks").length));
    problem = "";
    if (to !== model.get("position")) {
      model.set("position", to);
      pushStateThrottled(model, "position");
    }
    show();
  }

  function mark(as: Mark): void {
    const position = model.get("position");
    if (model.get("_window").indices?.[at()] === undefined) return;
    marking.mark(position, as);
    go(as ? nextOpen(marking.all, position) : position);
  }

  function undo(): void {
    try {
      const position = marking.undo();
      if (position !== null) go(position);
      else show();
    } catch (error) {
      problem = (error as Error).message;
      show();
    }
  }

  function redo(): void {
    const position = marking.redo();
    if (position !== null) go(position);
  }

  const control = (text: string, key: string, hint: string, act: () => void) => {
    const made = button("", hint, act);
    const name = document.createTextNode(text);
    made.append(name);
    if (key) {
      const letter = element("span", "vw-review-key", key);
      letter.ariaHidden = "true";
      made.append(letter);
      made.ariaKeyShortcuts = key;
    }
    shell.controls.append(made);
    return { made, name };
  };
  const step = (by: number) => () => go(model.get("position") + by);
  const { made: back } = control("\u25c2", "", "Previous sample (left arrow)", step(-1));
  const truly = control("", "T", "The sample is anomalous", () => mark("anomalous"));
  const falsely = control("", "F", "The sample is normal", () => mark("normal"));
  const unsure = control("Unsure", "S", "The sample stays unlabelled, and leaves the queue", () =>
    mark("unsure"),
  );
  const { made: clear } = control("Clear", "C", "Remove the mark", () => mark(""));
  const { made: undoing } = control("Undo", "U", "Undo the last step (U or Ctrl+Z; Ctrl+Y redoes it)", undo);
  const { made: forward } = control("\u25b8", "", "Next sample (right arrow)", step(1));
  const choices = [
    [truly.made, "anomalous"],
    [falsely.made, "normal"],
    [unsure.made, "unsure"],
  ] as const;
  for (const [made, as] of choices) {
    made.classList.add("vw-review-mark");
    made.style.setProperty("--vw-class", markColour(as));
  }
  const keys: Record<string, () => void> = {
    ArrowLeft: step(-1),
    ArrowRight: step(1),
    Home: () => go(0),
    End: () => go(model.get("_marks").length - 1),
    t: () => mark("anomalous"),
    f: () => mark("normal"),
    s: () => mark("unsure"),
    c: () => mark(""),
    u: undo,
    Undo: undo,
    Redo: redo,
  };
  const stopKeys = onKey(card.root, (key) => {
    const act = keys[key] ?? keys[key.toLowerCase()];
    act?.();
    return Boolean(act);
  });

  const nextSamples = button("Next samples", nextHint, () => send(model, "refill", {}));
  const saving = button("Save marks", "Download all marks as a CSV file, which ReviewQueue.load reads", () =>
    marking.save(),
  );

  function showSummary(all: Mark[]): void {
    nextSamples.hidden = !all.length;
    card.showSummary(summary(all, marking.counts, model.get("_status"), model.get("_window").nothing), [nextSamples, saving]);
  }

  // -- showing -----------------------------------------------------------------------------------

  function show(): void {
    const sent = model.get("_window");
    const { start, indices = [], scores, threshold, pictures, error } = sent;
    const { note = "", details = [] } = sent;
    const flagged = model.get("_flagged");
    const all = marking.all;
    const position = model.get("position");
    const here = at();
    const known = here >= 0 && here < indices.length;
    const isFlagged = flagged[position] ?? true;
    if (known) {
      card.showPictures(pictures, tiles, here, indices.length);
      card.showFacts({
        index: indices[here],
        score: scores[here],
        threshold,
        flagged: isFlagged,
        mark: all[position],
        note,
        detail: details[here] ?? "",
      });
    } else if (position >= all.length) {
      showSummary(all);
    } else {
      card.showNothing("The kernel has not sent this sample yet.");
    }
    const first = firstShown(position, PLACES, all.length);
    const samples = [];
    for (let p = first; p < Math.min(first + PLACES, all.length); p++) {
      const place = p - start;
      if (place < 0 || place >= indices.length) continue;
      samples.push({
        position: p,
        at: place,
        score: scores[place],
        flagged: flagged[p],
        mark: all[p],
      });
    }
    strip.show(samples, position, tiles);
    const { anomalous = 0, normal = 0, unsure: open = 0 } = marking.counts;
    const place = position < all.length ? `${position + 1} of ${whole(all.length)}` : "end of the queue";
    const counted = (count: number, as: Mark) => swatched(markColour(as), `${whole(count)} ${as}`);
    progress.replaceChildren(
      ...[`${place} \u00b7 `, counted(anomalous, "anomalous"), ", ", counted(normal, "normal"), ", "],
      ...[counted(open, "unsure"), " \u00b7 ", ...SIGNS.flatMap((sign) => [element("span", "vw-whole", sign), " "])],
    );
    orders.value = model.get("order");
    truly.name.data = isFlagged ? "True alarm" : "Anomalous";
    falsely.name.data = isFlagged ? "False alarm" : "Normal";
    const now = all[position] ?? "";
    for (const [made, as] of choices) {
      made.ariaPressed = String(now === as);
      made.disabled = !known;
    }
    clear.disabled = !now;
    back.disabled = position <= 0;
    forward.disabled = position >= all.length;
    undoing.disabled = !marking.canUndo;
    const words = now ? `Marked: ${verdict(now, isFlagged)}. ` : "";
    // The summary contains the status.
    shell.setStatus(problem || error || (position < all.length ? words + model.get("_status") : ""));
    marking.showBar(shell.notice.silent);
  }

  const onWindow = async () => {
    const mine = ++loading;
    const state = model.get("_window");
    const fresh = "png" in (state.tiles ?? {}) ? await Tiles.load(state.tiles as WireAtlas) : null;
    if (mine !== loading) return fresh?.close();
    tiles?.close();
    tiles = fresh;
    show();
  };
  const stopListening = listen(model, {
    _window: () => void onWindow(),
    _marks: show,
    _flagged: show,
    _counts: show,
    _can_undo: show,
    _status: show,
    position: show,
    order: show,
  });
  shell.notice.watch(show);
  void onWindow();

  return () => {
    loading++;
    marking.close();
    shell.notice.close();
    stopListening();
    stopKeys();
    tiles?.close();
    shell.root.remove();
  };
}

export default frontEndModule(render);
