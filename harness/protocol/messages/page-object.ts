/** Objects of a page and their parameters: what an account holder or merchant says to the code module at the head end. */
import { escapeHtml, type HtmlTag, htmlTags } from "./html-tags.ts";

/** Longest page that is looked at, in characters. */
export const PAGE_LIMIT = 262_144;

/** The param tags of the one object of a type, or the reason why there are none to rely on. */
export type ObjectParams =
  | { readonly ok: true; readonly params: readonly HtmlTag[] }
  | { readonly ok: false; readonly reason: string };

/** Finds the one object of `type` in `html`; `what` names it in reasons ("payment"). Never throws. */
export function oneObject(html: string, type: string, what: string): ObjectParams {
  if (html.length > PAGE_LIMIT) return refused(`the page has more than ${PAGE_LIMIT} characters`);
  const objects = objectsOfType(htmlTags(html), type);
  const [params] = objects;
  if (!params) return refused(`the page has no object of type ${type}`);
  if (objects.length > 1) return refused(`the page has ${objects.length} ${what} objects instead of one`);
  return { ok: true, params };
}

/** The value of each parameter by name, or the reason against it: one that matters (`isKnown`) is given twice. */
export function valuesOf(
  params: readonly HtmlTag[],
  isKnown: (name: string) => boolean,
): ReadonlyMap<string, string> | string {
  const values = new Map<string, string>();
  for (const param of params) {
    const name = param.attributes.get("name") ?? "";
    if (values.has(name) && isKnown(name)) return `parameter ${name} is given twice`;
    values.set(name, param.attributes.get("value") ?? "");
  }
  return values;
}

/** An object element with these parameters, as it stands in a page. `fallback`: a sentence for who cannot use it. */
export function objectMarkup(type: string, values: Readonly<Record<string, string>>, fallback: string): string {
  const params = Object.entries(values).map(
    ([name, value]) => `<param name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return [`<object type="${escapeHtml(type)}">`, ...params, `<p>${escapeHtml(fallback)}</p>`, "</object>"].join("\n");
}

/** The param tags of each object of the type, by object. An object inside it is part of it, as fallback content. */
function objectsOfType(tags: readonly HtmlTag[], type: string): readonly (readonly HtmlTag[])[] {
  const objects: HtmlTag[][] = [];
  let depth = 0;
  for (const tag of tags) {
    const isOne = tag.name === "object" && !tag.isEnd && isOfType(tag, type);
    if (isOne) objects.push([]);
    if (tag.name === "object" && (depth > 0 || isOne)) depth += tag.isEnd ? -1 : 1;
    else if (depth > 0 && tag.name === "param" && !tag.isEnd) objects.at(-1)?.push(tag);
  }
  return objects;
}

function isOfType(tag: HtmlTag, type: string): boolean {
  return tag.attributes.get("type")?.trim().toLowerCase() === type;
}

function refused(reason: string): ObjectParams {
  return { ok: false, reason };
}
