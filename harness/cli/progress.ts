import type { Progress } from "../../suites/define/campaign.ts";
import { type Outcome, outcomeText } from "../evidence/verdict.ts";
import type { Io } from "./io.ts";

const MARKS: Readonly<Record<Outcome, string>> = {
  pass: "✓",
  fail: "✗",
  inconc: "?",
  error: "!",
  notApplicable: "-",
  notRun: "·",
};

/** One line a case. On a terminal the case that runs is shown until its verdict takes its place. */
export function progressPrinter(io: Io, write: (text: string) => void): (progress: Progress) => void {
  return ({ index, total, definition, finished }) => {
    const counter = `[${String(index + 1).padStart(String(total).length)}/${total}]`;
    if (!finished) {
      if (io.isTty) write(`\r\u001b[2K${counter} … ${definition.id}`);
      return;
    }
    const { outcome, reason, durationMs, owner } = finished;
    const start = io.isTty ? "\r\u001b[2K" : "";
    write(`${start}${counter} ${MARKS[outcome]} ${definition.id} ${outcomeText(outcome)} ${duration(durationMs)}\n`);
    if (outcome === "notApplicable" || outcome === "notRun") write(`      ${reason}\n`);
    else if (outcome !== "pass") write(`      ${owner}: ${reason}\n`);
  };
}

function duration(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
