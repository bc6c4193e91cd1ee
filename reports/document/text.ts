/** Small parts of texts that several sections write. */
import type { Outcome, Verdict } from "../../harness/evidence/verdict.ts";
import { outcomeWords } from "../record/outcomes.ts";
import { anchor } from "../text/anchor.ts";
import type { Block, Inline, Text } from "./blocks.ts";

export function paragraph(text: Text): Block {
  return { kind: "paragraph", text };
}

/** `none`, of a run without a verdict, is shown as what was not run. */
export function shownOutcome(verdict: Verdict | Outcome): Outcome {
  return verdict === "none" ? "notRun" : verdict;
}

export function caseLink(id: string): Inline {
  return { kind: "link", text: id, to: anchor("case", id) };
}

export function requirementLink(id: string): Inline {
  return { kind: "link", text: id, to: anchor("req", id) };
}

/** "3 cases", "1 case". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function wordOf(outcome: Outcome | Verdict): string {
  return outcomeWords(outcome).word;
}

/** Those that say something; the others are left out. */
export function saying(
  rows: readonly (readonly [name: string, value: Text | undefined])[],
): readonly (readonly [string, Text])[] {
  return rows.flatMap(([name, value]) =>
    value === undefined || value === "" || (Array.isArray(value) && value.length === 0) ? [] : [[name, value] as const],
  );
}

/** Items with `between` between them. */
export function separated(items: readonly Inline[], between: Inline): readonly Inline[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [between, item]));
}
