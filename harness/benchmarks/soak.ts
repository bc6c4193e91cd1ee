/**
 * `npm run soak`: 0 when everything held, 1 when not, 130 after Ctrl-C. `npm run soak -- 200` makes 200 purchases by one card on the
 * virtual lab, `npm run soak -- --crowd` 10,000 by 200 set-top boxes at once in process. `npm run soak -- --walk [--operations 100000]
 * [--seed S] [--path P]` does anything at all in process, and asks after each operation where the money is. `npm run soak -- --kill
 * [200]` kills runs with kill -9 and lets them go on.
 */
import { randomInt } from "node:crypto";
import { leave } from "../core/leave.ts";
import { REFERENCE } from "../defects/variation.ts";
import { crowd } from "./crowd-run.ts";
import { crowdText } from "./crowd-text.ts";
import { collector } from "./footprint.ts";
import { killRuns } from "./kill/kill-run.ts";
import { killText } from "./kill/kill-text.ts";
import { soak } from "./soak-run.ts";
import { soakText } from "./soak-text.ts";
import { walk } from "./walk/walk.ts";
import { type WalkCommand, walkCommand } from "./walk/walk-command.ts";
import { walkText } from "./walk/walk-text.ts";

const STANDARD = { alone: 1000, crowd: 10_000, kill: 200 } as const;
const words = process.argv.slice(2);
const isCrowd = words.includes("--crowd");
const isWalk = words.includes("--walk");
const isKill = words.includes("--kill");
const rest = words.filter((word) => !["--crowd", "--walk", "--kill"].includes(word));

let isStopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    isStopped = true;
    process.stderr.write("soak: stops after the purchases that have begun; a second Ctrl-C ends it at once\n");
  });
}

const { isComplete, flaws } = await chosen();
process.exitCode = flaws.length > 0 ? 1 : isComplete ? 0 : 130;
leave();

async function chosen(): Promise<{ readonly isComplete: boolean; readonly flaws: readonly string[] }> {
  if (isWalk) return await soakWalk(walkOf(walkCommand(rest, () => randomInt(2 ** 31))));
  if (isKill) return await soakKill(countOf(STANDARD.kill, "kills"));
  return isCrowd
    ? await soakCrowd(countOf(STANDARD.crowd, "purchases"))
    : await soakAlone(countOf(STANDARD.alone, "purchases"));
}

function countOf(standard: number, of: string): number {
  const [wanted = String(standard), ...more] = rest;
  if (/^[1-9][0-9]{0,6}$/.test(wanted) && more.length === 0) return Number(wanted);
  return refuse(`"${[wanted, ...more].join(" ")}" is no number of ${of}`);
}

function walkOf(command: WalkCommand | string): WalkCommand {
  return typeof command === "string" ? refuse(command) : command;
}

function refuse(why: string): never {
  process.stderr.write(`soak: ${why}\n`);
  process.exit(64);
}

async function soakWalk(command: WalkCommand) {
  process.stderr.write(`soak: seed ${command.seed}\n`);
  const report = await walk({
    ...command,
    longest: 100,
    variation: REFERENCE,
    collect: collector(),
    isStopped: () => isStopped,
    onProgress: ({ operations, walks, perSecond }) =>
      process.stderr.write(`soak: ${operations} operations, ${walks} walks, ${perSecond.toFixed(1)} a second\n`),
  });
  process.stdout.write(walkText(report));
  return { isComplete: report.isComplete, flaws: report.flaws };
}

async function soakKill(kills: number) {
  const report = await killRuns({
    kills,
    random: Math.random,
    isStopped: () => isStopped,
    onProgress: (so) => process.stderr.write(`soak: ${so.kills} kills, ${so.flaws.length} flaws\n`),
  });
  process.stdout.write(killText(report));
  return report;
}

async function soakAlone(purchases: number) {
  const report = await soak({
    purchases,
    warmUp: 100,
    perSystem: 100,
    lab: `soak-${process.pid}`,
    isStopped: () => isStopped,
    onProgress: ({ done, failed, medianMs }) =>
      process.stderr.write(`soak: ${done} purchases, ${failed} failed, median ${medianMs.toFixed(1)} ms\n`),
  });
  process.stdout.write(soakText(report));
  return report;
}

async function soakCrowd(sales: number) {
  const report = await crowd({
    sales,
    boxes: 200,
    perRound: 1000,
    progressEvery: 250,
    collect: collector(),
    isStopped: () => isStopped,
    onProgress: ({ done, failed, perSecond }) =>
      process.stderr.write(`soak: ${done} sales, ${failed} failed, ${perSecond.toFixed(1)} a second\n`),
  });
  process.stdout.write(crowdText(report));
  return report;
}
