/**
 * `npm run soak`: 0 when everything held, 1 when not, 130 after Ctrl-C. `npm run soak -- 200` makes 200 purchases by one card on the
 * virtual lab, `npm run soak -- --crowd` 10,000 by 200 set-top boxes at once in process.
 */
import { leave } from "../core/leave.ts";
import { crowd } from "./crowd-run.ts";
import { crowdText } from "./crowd-text.ts";
import { collector } from "./footprint.ts";
import { soak } from "./soak-run.ts";
import { soakText } from "./soak-text.ts";

const STANDARD = { alone: 1000, crowd: 10_000 } as const;
const words = process.argv.slice(2);
const isCrowd = words.includes("--crowd");
const [wanted = String(isCrowd ? STANDARD.crowd : STANDARD.alone), ...rest] = words.filter(
  (word) => word !== "--crowd",
);
if (!/^[1-9][0-9]{0,6}$/.test(wanted) || rest.length > 0) {
  process.stderr.write(`soak: "${[wanted, ...rest].join(" ")}" is no number of purchases\n`);
  process.exit(64);
}

let isStopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    isStopped = true;
    process.stderr.write("soak: stops after the purchases that have begun; a second Ctrl-C ends it at once\n");
  });
}

const { isComplete, flaws } = isCrowd ? await soakCrowd(Number(wanted)) : await soakAlone(Number(wanted));
process.exitCode = flaws.length > 0 ? 1 : isComplete ? 0 : 130;
leave();

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
