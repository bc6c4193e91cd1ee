import { escapeHtml } from "../../protocol/messages/html-tags.ts";

/** Markup that is already safe to be put into a page. */
export interface Markup {
  readonly markup: string;
}

/** A template whose values are escaped unless they are markup themselves, so that nothing can be forgotten. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Markup | readonly Markup[])[]
): Markup {
  let markup = parts[0] ?? "";
  values.forEach((value, index) => {
    markup += toMarkup(value) + (parts[index + 1] ?? "");
  });
  return { markup };
}

function toMarkup(value: string | number | Markup | readonly Markup[]): string {
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("\n");
}
