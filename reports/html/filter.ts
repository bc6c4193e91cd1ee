/**
 * Filters of table rows by radio buttons and style rules alone: no script, usable by keyboard, and what is printed
 * is always the whole table.
 */
import { type Markup, markup } from "../text/markup.ts";

/** Value of requirements that no case of the run has tested. */
export const UNTESTED = "untested";

export interface Choice {
  /** Value of the rows' `data-show` attribute; letters only. */
  readonly value: string;
  readonly word: string;
  readonly count: number;
}

/** Radio buttons for the table that follows in the same element of class "filtered"; `name` is unique on the page. */
export function filterBar(name: string, legend: string, choices: readonly Choice[]): Markup {
  const total = choices.reduce((sum, { count }) => sum + count, 0);
  const offered = choices.filter(({ count }) => count > 0);
  return markup`<fieldset class="filter"><legend>${legend}</legend>
<label><input type="radio" name="${name}" value="all" checked> all (${total})</label>
${offered.map(({ value, word, count }) => markup`<label><input type="radio" name="${name}" value="${value}"> ${word} (${count})</label>`)}
</fieldset>`;
}

/** One rule per value: while it is chosen, other rows of the section are not shown. For screens only. */
export function filterRules(values: readonly string[]): string {
  const rules = values.map(
    (value) =>
      `.filtered:has(input[value="${value}"]:checked) tr[data-show]:not([data-show="${value}"]) { display: none; }`,
  );
  return `@media screen {\n${rules.join("\n")}\n}`;
}
