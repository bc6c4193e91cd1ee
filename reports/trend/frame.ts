import { Markup, markup } from "../text/markup.ts";
import type { JobState } from "./data.ts";
import { TREND_STYLE } from "./style.ts";

/** Even if recorded text should ever get through as markup, it could load and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A whole page that needs nothing beside itself and runs no script. */
export function pageText(title: string, content: Markup): string {
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(TREND_STYLE)}</style></head><body>
${content}
</body></html>
`.text;
}

const STATES: Readonly<Record<JobState, { readonly mark: string; readonly words: string }>> = {
  expected: { mark: "✓", words: "as expected" },
  unexpected: { mark: "✗", words: "unexpected" },
  unclear: { mark: "?", words: "unclear" },
  notRun: { mark: "–", words: "not run" },
  interrupted: { mark: "·", words: "interrupted" },
};

export function stateMark(state: JobState): string {
  return STATES[state].mark;
}

export function stateWords(state: JobState): string {
  return STATES[state].words;
}

/** Sign, colour and words: none of them alone has to be seen. */
export function stateMarkup(state: JobState): Markup {
  const { mark, words } = STATES[state];
  return markup`<span class="state t-${state}"><span aria-hidden="true">${mark}</span> ${words}</span>`;
}
