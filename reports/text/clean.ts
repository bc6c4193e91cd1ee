/** Makes recorded text safe to show: devices and servers under test may send anything. */

/** C0 and C1 controls except tab and line ends; what XML 1.0 section 2.2 forbids; marks that reorder text (bidi). */
const UNSHOWABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` with every unshowable character written as `\u` and four hex digits, so that nothing is lost or acts. */
export function visible(text: string): string {
  return text.replace(UNSHOWABLE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and quoted attribute values of HTML, SVG and XML. */
export function escapeMarkup(text: string): string {
  return visible(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}

/** At most `length` characters, the last one an ellipsis when something was cut. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
