/** A page before it is one: what is drawn, where links lead from, and which part of the document it belongs to. */

/** An element of the document's structure, for those who hear it read (ISO 32000-1, 14.7). */
export class Part {
  readonly type: string;
  readonly parent: Part | undefined;
  /** Of a figure: what it shows. */
  readonly alt: string | undefined;

  constructor(type: string, parent?: Part, alt?: string) {
    this.type = type;
    this.parent = parent;
    this.alt = alt;
  }
}

export interface Link {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly to: string;
}

/** Operators that belong to one part; to none where they decorate. */
export interface Strokes {
  readonly part: Part | undefined;
  readonly operators: string[];
}

export class Sheet {
  readonly drawn: Strokes[] = [];
  readonly links: Link[] = [];

  draw(part: Part | undefined, operators: string): void {
    const last = this.drawn.at(-1);
    if (last && last.part === part) last.operators.push(operators);
    else this.drawn.push({ part, operators: [operators] });
  }
}
