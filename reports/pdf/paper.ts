/** Sheets that are filled from above, one after the other. */
import type { Faces } from "./face.ts";
import { BODY_HEIGHT, PAGE } from "./look.ts";
import { Part, Sheet } from "./sheet.ts";

/** Something of a known height that is drawn at y. */
export interface Band {
  readonly height: number;
  draw(y: number): void;
}

/** A place that links lead to. */
export interface Place {
  readonly page: number;
  readonly y: number;
}

/** An entry of the outline. */
export interface Entry extends Place {
  readonly title: string;
  readonly depth: number;
  readonly id: string;
}

export class Paper {
  readonly faces: Faces;
  readonly sheets: Sheet[] = [new Sheet()];
  readonly places = new Map<string, Place>();
  readonly outline: Entry[] = [];
  readonly root = new Part("Document");
  /** Where the next thing is drawn. */
  y: number = PAGE.top;
  /** Headings and captions: they stay with what follows. */
  readonly #waiting: Band[] = [];
  /** Is drawn again at the head of every page that begins while it is there. */
  #head: Band | undefined;

  constructor(faces: Faces) {
    this.faces = faces;
  }

  get sheet(): Sheet {
    return this.sheets.at(-1) as Sheet;
  }

  get page(): number {
    return this.sheets.length - 1;
  }

  /** Draws `band` together with what follows it. */
  keepWithNext(band: Band): void {
    this.#waiting.push(band);
  }

  /** From now on every new page begins with `head`; with nothing when undefined. */
  repeat(head: Band | undefined): void {
    this.#head = head;
  }

  /** Height that is left on this page under what waits. */
  get room(): number {
    return PAGE.height - PAGE.bottom - this.y - this.#waitingHeight;
  }

  get isAtTop(): boolean {
    return this.y <= PAGE.top + (this.#head?.height ?? 0);
  }

  /** A place of that height: on this page, or on the next where it does not fit. What waits is drawn above it. */
  claim(height: number): number {
    if (height > this.room && !this.isAtTop) this.newPage();
    for (const band of this.#waiting.splice(0)) {
      const y = this.y;
      this.y += band.height;
      band.draw(y);
    }
    const y = this.y;
    this.y += height;
    return y;
  }

  newPage(): void {
    this.sheets.push(new Sheet());
    this.y = PAGE.top;
    const head = this.#head;
    if (!head) return;
    this.y += head.height;
    head.draw(PAGE.top);
  }

  /** A page begins, unless this one is empty. */
  freshPage(): void {
    this.flush();
    if (!this.isAtTop) this.newPage();
  }

  /** Draws what waits though nothing follows. */
  flush(): void {
    if (this.#waiting.length > 0) this.claim(0);
  }

  /** Blank between two things; none at the top of a page. */
  gap(height: number): void {
    if (!this.isAtTop) this.y = Math.min(this.y + height, PAGE.top + BODY_HEIGHT);
  }

  /** Links to `id` lead to this height of this page; the first who says so has it. */
  mark(id: string | undefined, y: number): void {
    if (id !== undefined && !this.places.has(id)) this.places.set(id, { page: this.page, y });
  }

  get #waitingHeight(): number {
    return this.#waiting.reduce((sum, { height }) => sum + height, 0);
  }
}
