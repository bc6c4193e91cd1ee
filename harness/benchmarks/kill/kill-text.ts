import type { KillReport } from "./kill-run.ts";

export function killText(report: KillReport): string {
  const { cases, undisturbedMs, kills, killsOfResumed, duringCase, torn, beforeFirst, afterLast, flaws } = report;
  return [
    `${kills} runs of ${cases} cases killed at random moments (undisturbed: ${(undisturbedMs / 1000).toFixed(1)} s), and ${killsOfResumed} times more while they went on`,
    `  ${duringCase} within a case, ${torn} within a line, ${beforeFirst} before the run began, ${afterLast} after its last line`,
    flaws.length === 0
      ? "  every directory was readable, every run went on to its end, and all verdicts are those of the undisturbed run"
      : flaws.map((flaw) => `  WRONG: ${flaw}`).join("\n"),
    "",
  ].join("\n");
}
