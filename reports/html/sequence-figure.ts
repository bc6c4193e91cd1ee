/** A transaction as a sequence picture, in parts that each fit a page. */
import type { Block } from "../document/blocks.ts";
import { sequenceSvg } from "../sequence/svg.ts";
import { type Markup, markup } from "../text/markup.ts";

export function sequenceFigure({ caption, id, pictures }: Extract<Block, { kind: "sequence" }>): Markup {
  const parts = pictures.map((picture, index) => {
    const name = pictures.length === 1 ? caption : `${caption} Part ${index + 1} of ${pictures.length}.`;
    return markup`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${sequenceSvg(picture, `${id}-${index + 1}`, name)}</div>`;
  });
  return markup`<figure id="${id}"><figcaption>${caption}</figcaption>
${parts}</figure>`;
}
