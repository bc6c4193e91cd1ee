/** HTML and SVG from template literals in which every value is escaped unless it is markup already. */
import { escapeMarkup } from "./clean.ts";

/** Text that is known to be well-formed markup. Only `markup` makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Insert = Markup | string | number | readonly Markup[];

/** Escapes strings and numbers, keeps markup, joins lists of markup. */
export function markup(fixed: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(String.raw({ raw: fixed }, ...inserts.map(render)));
}

/** Nothing, for a part that is absent. */
export const nothing = new Markup("");

function render(insert: Insert): string {
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === "string") return escapeMarkup(insert);
  if (typeof insert === "number") return String(insert);
  return insert.map(({ text }) => text).join("\n");
}
