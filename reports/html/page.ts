/** The conformance report: one page that needs nothing beside itself and runs no script. */
import type { ReportDocument, Section } from "../document/blocks.ts";
import { OUTCOMES } from "../record/outcomes.ts";
import { Markup, markup, nothing } from "../text/markup.ts";
import { blockMarkup } from "./block.ts";
import { filterRules, UNTESTED } from "./filter.ts";
import { STYLE } from "./style.ts";

/** Even if recorded text should ever get through as markup, it could load and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The whole page as text. */
export function conformancePage(report: ReportDocument): string {
  const { title, subject, number, summary, sections } = report;
  const style = new Markup(`${STYLE}\n${filterRules([...OUTCOMES, UNTESTED])}\n${runningFoot(number)}`);
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}, ${number}</title>
<style>${style}</style></head><body>
<a class="skip" href="#campaign">Skip to the test campaign</a>
<header>${laboratory(report)}<h1>${title}</h1>
<p class="subject">${subject}</p><p class="kind">Report ${number}</p></header>
<main>
${sectionMarkup(summary, 2)}
${contents(sections)}
${sections.map((section) => sectionMarkup(section, 2))}
</main>
<footer><p>End of report ${number}.</p></footer>
</body></html>
`.text;
}

function laboratory({ laboratory: named }: ReportDocument): Markup {
  if (!named) return nothing;
  const { name, lines, logo } = named;
  const picture = logo
    ? markup`<img class="logo" alt="Logo of ${name}" src="data:${logo.type};base64,${Buffer.from(logo.bytes).toString("base64")}">`
    : nothing;
  return markup`<div class="laboratory">${picture}<p><strong>${name}</strong>${lines.map((line) => markup`<span>${line}</span>`)}</p></div>`;
}

function contents(sections: readonly Section[]): Markup {
  return markup`<nav aria-label="Contents"><h2>Contents</h2><ol>${sections.map(({ id, number, title }) => markup`<li><a href="#${id}"><span class="clause">${number}</span> ${title}</a></li>`)}</ol></nav>`;
}

function sectionMarkup(section: Section, level: 2 | 3): Markup {
  const { id, number, title, blocks, sections = [], newPage } = section;
  const clause = number === "" ? nothing : markup`<span class="clause">${number}</span> `;
  const heading =
    level === 2 ? markup`<h2 id="${id}">${clause}${title}</h2>` : markup`<h3 id="${id}">${clause}${title}</h3>`;
  return markup`<section aria-labelledby="${id}"${newPage ? markup` class="new-page"` : nothing}>${heading}
${blocks.map((block, index) => blockMarkup(block, `${id}-${index + 1}`))}
${sections.map((part) => sectionMarkup(part, 3))}
</section>`;
}

/** Report number at the foot of every printed page, of characters that mean nothing to a style sheet. */
function runningFoot(number: string): string {
  return `@page { @bottom-left { content: "Report ${number.replace(/[^\w /-]/g, "_")}"; font: 9px sans-serif; } }`;
}
