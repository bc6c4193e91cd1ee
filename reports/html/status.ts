/** A status as word, mark and colour together. */
import type { Outcome, Verdict } from "../../harness/evidence/verdict.ts";
import { outcomeWords } from "../record/outcomes.ts";
import { type Markup, markup } from "../text/markup.ts";

export function status(outcome: Outcome | Verdict): Markup {
  const { word, mark } = outcomeWords(outcome);
  return badge(outcome, mark, word);
}

/** `kind` names the colour in the style sheet. */
export function badge(kind: string, mark: string, word: string): Markup {
  return markup`<span class="status s-${kind}"><span class="mark" aria-hidden="true">${mark}</span>${word}</span>`;
}
