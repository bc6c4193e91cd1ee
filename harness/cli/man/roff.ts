/** The few macros of man(7) that the pages need, and text in which nothing is taken for one. */

const NAMED: Readonly<Record<string, string>> = {
  "\\": "\\(rs",
  "-": "\\-", // a minus, so that options can be copied out of the page
  "'": "\\(aq",
  '"': "\\(dq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Text as it is to be read: control characters become spaces, what is not ASCII is named by its number. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const printable = text.replace(/[\u0000-\u001f\u007f]+/g, " ");
  return [...printable].map((char) => NAMED[char] ?? (char > "~" ? numbered(char) : char)).join("");
}

function numbered(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}

/** Text in which what stands between backquotes is bold, as in the help. */
export function prose(text: string): string {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? bold(part) : plain(part)))
    .join("");
}

export function bold(text: string): string {
  return `\\fB${plain(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${plain(text)}\\fR`;
}

/** A line of output; one that would be taken for a request is kept from it. */
export function textLine(text: string): string {
  return /^[.']/.test(text) ? `\\&${text}` : text;
}

export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${plain(title)}`, ...lines];
}

/** A term with its text indented below it. Both are roff already. */
export function entry(term: string, text: string): readonly string[] {
  return [".TP", textLine(term), textLine(text === "" ? "\\&" : text)];
}

export function paragraph(text: string): readonly string[] {
  return [".PP", textLine(text)];
}

/** Lines that are printed as they are. */
export function verbatim(lines: readonly string[]): readonly string[] {
  return [".PP", ".nf", ...lines.map((line) => textLine(plain(line) || "\\&")), ".fi"];
}
