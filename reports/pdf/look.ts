/** How things look on paper: A4, lengths in points (1/72 inch), y downwards from the upper edge. */
import type { Outcome, Verdict } from "../../harness/evidence/verdict.ts";

export const PAGE = { width: 595.28, height: 841.89, left: 45, right: 45, top: 58, bottom: 56 } as const;
export const CONTENT_WIDTH = PAGE.width - PAGE.left - PAGE.right;
export const BODY_HEIGHT = PAGE.height - PAGE.top - PAGE.bottom;

/** Leading: height of a line in sizes of its letters, and where its base line is. */
export const LEADING = 1.3;
export const BASE = 0.97;

/** Operands of `rg` and `RG`; all of the inks for text have at least 4.5 times the contrast of paper. */
export const INKS = {
  ink: "0.05 0.06 0.08",
  soft: "0.3 0.33 0.37",
  link: "0.04 0.27 0.5",
  rule: "0.75 0.78 0.81",
  panel: "0.95 0.96 0.97",
  marked: "0.99 0.93 0.92",
  paper: "1 1 1",
  pass: "0.04 0.36 0.18",
  fail: "0.62 0.05 0.09",
  error: "0.37 0.14 0.5",
  inconc: "0.44 0.26 0",
} as const;
export type Ink = keyof typeof INKS;

export type FaceName = "regular" | "bold" | "italic";

/** Of a run of text. */
export interface Look {
  readonly face: FaceName;
  readonly size: number;
  readonly ink: Ink;
}

export const TEXT: Look = { face: "regular", size: 9, ink: "ink" };
export const SMALL: Look = { face: "regular", size: 7.6, ink: "ink" };
export const SOFT: Look = { face: "regular", size: 7.6, ink: "soft" };
export const CAPTION: Look = { face: "italic", size: 8, ink: "soft" };
/** Of sections, by depth. */
export const HEADINGS: readonly Look[] = [
  { face: "bold", size: 15, ink: "ink" },
  { face: "bold", size: 11.5, ink: "ink" },
  { face: "bold", size: 9.5, ink: "ink" },
];

export function outcomeInk(outcome: Outcome | Verdict): Ink {
  return outcome === "notApplicable" || outcome === "notRun" || outcome === "none" ? "soft" : outcome;
}
