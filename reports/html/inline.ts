/** Runs of text. */
import { unreachable } from "../../harness/core/errors.ts";
import type { Inline, Text } from "../document/blocks.ts";
import { hexGroups } from "../text/format.ts";
import { Markup, markup } from "../text/markup.ts";
import { badge, status } from "./status.ts";

export function textMarkup(text: Text): Markup {
  if (typeof text === "string" || !isList(text)) return inline(text);
  return new Markup(text.map((part) => inline(part).text).join(""));
}

function isList(text: Exclude<Text, string>): text is readonly Inline[] {
  return Array.isArray(text);
}

function inline(part: Inline): Markup {
  if (typeof part === "string") return markup`${part}`;
  switch (part.kind) {
    case "strong":
      return markup`<strong>${part.text}</strong>`;
    case "code":
      return markup`<code>${part.text}</code>`;
    case "link":
      return markup`<a href="#${part.to}">${part.text}</a>`;
    case "status":
      return part.to === undefined ? status(part.outcome) : markup`<a href="#${part.to}">${status(part.outcome)}</a>`;
    case "untested":
      return badge("notRun", "○", "not tested");
    case "aside":
      return markup`<span class="because">${part.text}</span>`;
    case "hex":
      return markup`<code class="hex">${hexGroups(part.bytes)}</code>`;
    case "break":
      return markup`<br>`;
    default:
      return unreachable(part);
  }
}
