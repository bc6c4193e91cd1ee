/** Words and signs of verdicts: never colour alone. */
import type { CaseWord, Counts, Word } from "../shared/state.ts";

export const SIGNS: Readonly<Record<CaseWord | "none", string>> = {
  pass: "✔",
  fail: "✖",
  inconc: "?",
  error: "!",
  notApplicable: "–",
  notRun: "·",
  none: "■",
};

export const NAMES: Readonly<Record<CaseWord | "none", string>> = {
  pass: "pass",
  fail: "fail",
  inconc: "inconclusive",
  error: "error",
  notApplicable: "not applicable",
  notRun: "not run",
  none: "no verdict",
};

/** What the word of a run means for whoever stands before it. */
export function meaning(word: Word, isInterrupted: boolean): string {
  if (isInterrupted) return "The run was stopped before its end.";
  switch (word) {
    case "pass":
      return "Every case that was run passed.";
    case "fail":
      return "The device under test failed.";
    case "inconc":
      return "Nothing failed, but some cases came to no verdict.";
    case "error":
      return "Something is wrong with the bench or the harness, not with the device.";
    case "none":
      return "No case was run.";
  }
}

const ORDER: readonly CaseWord[] = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"];

/** Words of which there is at least one, in a fixed order. */
export function counted(counts: Counts): readonly (readonly [CaseWord, number])[] {
  return ORDER.filter((word) => counts[word] > 0).map((word) => [word, counts[word]] as const);
}

/** "3 min", "1 h 20 min", "8 s". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 1) return "less than 1 s";
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "1:05". */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function day(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** "3 cases", "1 case". */
export function cases(count: number): string {
  return `${count} ${count === 1 ? "case" : "cases"}`;
}
