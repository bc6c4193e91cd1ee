/**
 * What an SVG has to be before a report takes it as logo: well-formed, without scripts, style sheets or anything that is
 * fetched from elsewhere. A person who opens a report must not be called home by it.
 */

/** Elements that run, fetch or embed something. */
const FORBIDDEN = [
  "script",
  "foreignobject",
  "iframe",
  "embed",
  "object",
  "style",
  "link",
  "animate",
  "set",
  "handler",
];
const MAX_DEPTH = 64;
const TAG =
  /<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[^>]*\?>|!|(\/?)([A-Za-z_][\w:.-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*?)(\/?)>)|</g;
const ATTRIBUTE = /^\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/;

/** Says what is wrong; undefined when the picture can be taken. */
export function svgFlaw(bytes: Uint8Array): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "expected PNG or SVG (it is neither PNG nor text)";
  }
  const open: string[] = [];
  let root: ReadonlyMap<string, string> | undefined;
  let isClosed = false;
  for (const [tag, slash, name, inside, empty] of text.matchAll(TAG)) {
    if (tag === "<" || tag === "<!")
      return tag === "<" ? "this SVG is not well-formed" : "an SVG with a DOCTYPE: take it out";
    if (name === undefined) continue;
    if (slash) {
      if (open.pop() !== name) return `this SVG is not well-formed: </${name.slice(0, 20)}> closes nothing`;
      isClosed = open.length === 0;
      continue;
    }
    if (isClosed) return "this SVG is not well-formed: something stands after its end";
    const attributes = attributesOf(inside ?? "");
    const flaw = typeof attributes === "string" ? attributes : elementFlaw(name, attributes);
    if (flaw !== undefined || typeof attributes === "string") return flaw;
    if (!root) {
      if (name !== "svg") return "expected PNG or SVG (it begins with neither)";
      root = attributes;
    }
    if (!empty) open.push(name);
    else isClosed = open.length === 0;
    if (open.length > MAX_DEPTH) return `an SVG with more than ${MAX_DEPTH} elements in each other`;
  }
  if (!root) return "expected PNG or SVG (it begins with neither)";
  return isClosed ? sizeFlaw(root) : "this SVG is not well-formed: it is cut off";
}

function attributesOf(text: string): ReadonlyMap<string, string> | string {
  const found = new Map<string, string>();
  let rest = text;
  for (let match = ATTRIBUTE.exec(rest); match; match = ATTRIBUTE.exec(rest)) {
    const [whole, name = "", double, single] = match;
    if (found.has(name)) return `this SVG is not well-formed: ${name.slice(0, 20)} twice`;
    found.set(name, double ?? single ?? "");
    rest = rest.slice(whole.length);
  }
  return rest.trim() === "" ? found : "this SVG is not well-formed: an attribute is cut off";
}

function elementFlaw(name: string, attributes: ReadonlyMap<string, string>): string | undefined {
  const local = name.slice(name.indexOf(":") + 1).toLowerCase();
  if (FORBIDDEN.some((each) => local === each || (each === "animate" && local.startsWith(each)))) {
    return `an SVG with <${local}>: a logo must hold shapes and text only; save it as plain SVG`;
  }
  for (const [attribute, value] of attributes) {
    if (/^on/i.test(attribute)) return `an SVG with a script (${attribute.slice(0, 20)}): take it out`;
    if (/(^|:)(href|src)$/i.test(attribute) && !value.trim().startsWith("#")) {
      return `an SVG that refers to something outside (${attribute}): embed it as shapes`;
    }
    // Any function of CSS that fetches has its address in url().
    if (/url\s*\(\s*(?!#|["']#|&quot;#)/i.test(value) || /@import|\\/i.test(value)) {
      return `an SVG that refers to something outside (${attribute}): embed it as shapes`;
    }
  }
  return undefined;
}

/** Where it has no size, nobody can say how large it is to be printed. */
function sizeFlaw(root: ReadonlyMap<string, string>): string | undefined {
  const numbers =
    root
      .get("viewBox")
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  const [, , width, height] = numbers;
  if (numbers.length === 4 && numbers.every(Number.isFinite) && (width ?? 0) > 0 && (height ?? 0) > 0) return undefined;
  return 'expected an SVG whose <svg> has viewBox="0 0 WIDTH HEIGHT"';
}
