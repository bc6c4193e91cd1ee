/**
 * As much of HTML as a payment page needs: its tags, in order, in one pass. Never throws; what is no tag is text.
 * Comments and the content of script and style elements are passed over, so that nothing inside them counts as a tag.
 */
export interface HtmlTag {
  /** Lower case, without the slash of an end tag. */
  readonly name: string;
  readonly isEnd: boolean;
  /** By lower-case name, character references resolved. Of a repeated attribute the first one counts, as in HTML. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Where it stands in the text: from its "<" to behind its ">". */
  readonly start: number;
  readonly end: number;
}

const RAW_TEXT = new Set(["script", "style", "textarea", "title"]);

/** The tags of `html`. Time is linear in its length. */
export function htmlTags(html: string): readonly HtmlTag[] {
  const tags: HtmlTag[] = [];
  let at = html.indexOf("<");
  while (at >= 0) {
    const found = html.startsWith("<!--", at) ? "no tag" : readTag(html, at);
    if (found === "unfinished") break; // trying again at each later "<" would make time quadratic
    if (found !== "no tag") tags.push(found.tag);
    at = html.indexOf("<", found === "no tag" ? afterNonTag(html, at) : afterRawText(html, found));
  }
  return tags;
}

/** `&amp;` `&lt;` `&gt;` `&quot;` `&apos;` and numeric references; anything else stays as it is written. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g, (whole, ...groups) => {
    const [decimal, hex, name] = groups;
    if (typeof name === "string") return NAMED.get(name) ?? whole;
    const code = typeof decimal === "string" ? Number.parseInt(decimal, 10) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** `text` as HTML shows it literally, in content and in quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

interface FoundTag {
  readonly tag: HtmlTag;
  readonly end: number;
}

function readTag(html: string, at: number): FoundTag | "no tag" | "unfinished" {
  const head = match(/<(\/?)([a-zA-Z][a-zA-Z0-9-]*)/y, html, at);
  if (!head) return "no tag";
  const attributes = new Map<string, string>();
  let position = at + head[0].length;
  for (;;) {
    position += match(/[\s/]*/y, html, position)?.[0].length ?? 0;
    if (html[position] === ">") break;
    const attribute = readAttribute(html, position);
    if (!attribute) return "unfinished";
    if (!attributes.has(attribute.name)) attributes.set(attribute.name, attribute.value);
    position = attribute.end;
  }
  return {
    tag: { name: (head[2] ?? "").toLowerCase(), isEnd: head[1] === "/", attributes, start: at, end: position + 1 },
    end: position + 1,
  };
}

function readAttribute(html: string, at: number): { name: string; value: string; end: number } | undefined {
  const head = match(/([^\s/>=][^\s/>=]*|=)(\s*=\s*)?/y, html, at);
  if (!head) return undefined;
  const name = (head[1] ?? "").toLowerCase();
  const start = at + head[0].length;
  if (head[2] === undefined) return { name, value: "", end: start };
  const quote = html[start];
  if (quote !== '"' && quote !== "'") {
    const bare = match(/[^\s>]*/y, html, start)?.[0] ?? "";
    return { name, value: unescapeHtml(bare), end: start + bare.length };
  }
  const close = html.indexOf(quote, start + 1);
  if (close < 0) return undefined;
  return { name, value: unescapeHtml(html.slice(start + 1, close)), end: close + 1 };
}

/** Where to go on after a start tag whose content is no markup. An element left open swallows the rest. */
function afterRawText(html: string, { tag, end }: FoundTag): number {
  if (tag.isEnd || !RAW_TEXT.has(tag.name)) return end;
  const close = new RegExp(`</${tag.name}[\\s/>]`, "gi");
  close.lastIndex = end;
  return close.exec(html)?.index ?? html.length;
}

function afterNonTag(html: string, at: number): number {
  if (!html.startsWith("<!--", at)) return at + 1;
  const close = html.indexOf("-->", at + 4);
  return close < 0 ? html.length : close + 3;
}

function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}
