/** `npm run soak`: 0 when everything held, 1 when not, 130 after Ctrl-C. `npm run soak -- 200` makes 200 purchases. */
import { leave } from "../core/leave.ts";
import { soak } from "./soak-run.ts";
import { soakText } from "./soak-text.ts";

const STANDARD = 1000;
const [wanted = String(STANDARD)] = process.argv.slice(2);
if (!/^[1-9][0-9]{0,6}$/.test(wanted)) {
  process.stderr.write(`soak: "${wanted}" is no number of purchases\n`);
  process.exit(64);
}

let isStopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    isStopped = true;
    process.stderr.write("soak: stops after this purchase; a second Ctrl-C ends it at once\n");
  });
}

const report = await soak({
  purchases: Number(wanted),
  warmUp: 100,
  perSystem: 100,
  lab: `soak-${process.pid}`,
  isStopped: () => isStopped,
  onProgress: ({ done, failed, medianMs }) =>
    process.stderr.write(`soak: ${done} purchases, ${failed} failed, median ${medianMs.toFixed(1)} ms\n`),
});
process.stdout.write(soakText(report));
process.exitCode = report.flaws.length > 0 ? 1 : report.isComplete ? 0 : 130;
leave();
