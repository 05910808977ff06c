/**
 * Questions to a kernel that may be slow: at most one is under way, the newest waits behind it,
 * those in between are dropped.
 */

export interface Sender {
  page: string;
  seq: number;
}

// After so long the page says that the kernel is busy or gone, and lets the next question go.
export const PATIENCE = 5000;

export const LATE = "No answer from the kernel for 5 s: is it busy or gone?";

export class LatestRequest<Question extends object> {
  /** Tells the answers to this page from those to another. */
  readonly page = Math.random().toString(36).slice(2);
  readonly #send: (question: Question & Sender) => void;
  readonly #overdue: () => void;
  readonly #patience: number;
  #seq = 0;
  #underWay = false;
  #waiting: Question | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    send: (question: Question & Sender) => void,
    overdue: () => void = () => {},
    patience = PATIENCE,
  ) {
    this.#send = send;
    this.#overdue = overdue;
    this.#patience = patience;
  }

  /** Whether an answer is still to come. */
  get busy(): boolean {
    return this.#underWay || this.#waiting !== null;
  }

  ask(question: Question): void {
    if (this.#underWay) this.#waiting = question;
    else this.#go(question);
  }

  /**
   * Take note of an answer; false if it is stale and must not be shown. Answers to other pages,
   * and what the kernel says unasked, are news unless this page waits for an answer of its own.
   */
  answered(answer: Partial<Sender>): boolean {
    if (answer.page !== this.page) return !this.busy;
    if (answer.seq !== this.#seq) return false;
    clearTimeout(this.#timer);
    this.#underWay = false;
    if (!this.#waiting) return true;
    this.#go(this.#waiting);
    return false;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = null;
  }

  #go(question: Question): void {
    this.#waiting = null;
    this.#underWay = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#underWay = false;
      this.#overdue();
      if (this.#waiting) this.#go(this.#waiting);
    }, this.#patience);
    this.#send({ ...question, page: this.page, seq: ++this.#seq });
  }
}
