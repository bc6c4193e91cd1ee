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

/**
 * One line a case. On a terminal the case that runs is shown until its verdict takes its place. Cases one after the other
 * that did not run for the same reason are told once, with their number.
 */
export function progressPrinter(io: Io, write: (text: string) => void): (progress: Progress) => void {
  let last: string | undefined;
  let more = 0;
  const tellMore = () => {
    if (more > 0) write(`      and the same for ${more} more\n`);
    more = 0;
  };
  return ({ index, total, definition, attempt, finished }) => {
    const counter = `[${String(index + 1).padStart(String(total).length)}/${total}]`;
    if (!finished) {
      if (io.isTty && last === undefined) write(`\r\u001b[2K${counter} … ${definition.id}`);
      return;
    }
    const { outcome, reason, durationMs, owner } = finished;
    const same = durationMs === 0 && outcome !== "pass" ? `${outcome} ${owner} ${reason}` : undefined;
    if (same !== undefined && same === last) {
      more++;
      if (index === total - 1) tellMore();
      return;
    }
    tellMore();
    last = same;
    const start = io.isTty ? "\r\u001b[2K" : "";
    write(
      `${start}${counter} ${MARKS[outcome]} ${definition.id} ${outcomeText(outcome)} ${duration(durationMs)}${again(attempt)}\n`,
    );
    if (outcome === "notApplicable" || outcome === "notRun") write(`      ${reason}\n`);
    else if (outcome !== "pass") write(`      ${owner}: ${reason}\n`);
  };
}

function again(attempt: number | undefined): string {
  return attempt === undefined ? "" : ` (attempt ${attempt})`;
}

function duration(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
