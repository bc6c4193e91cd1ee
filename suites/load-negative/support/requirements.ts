import type { Source } from "../../load/support/sources.ts";

/** Paragraphs on negative results in FIG 15, and those that say the same of FIG 17. */
const PARAGRAPHS: Readonly<Record<string, string>> = { "0129": "0152", "0130": "0153", "0131": "0154", "0132": "0155" };

/** "0131-b" is LOAD-NEG-0131-b with a bank account and LOAD-NEG-0154-b with a pre-funded one. An ambiguity (AMB-…) is one for both. */
export function negativeOf({ source }: Pick<Source, "source">, end: string): string {
  const [paragraph = "", letter] = end.split("-");
  if (!(paragraph in PARAGRAPHS)) return end;
  return `LOAD-NEG-${source === "bank" ? paragraph : PARAGRAPHS[paragraph]}-${letter}`;
}

export function negativesOf(source: Pick<Source, "source">, ...ends: readonly string[]): string[] {
  return ends.map((end) => negativeOf(source, end));
}
