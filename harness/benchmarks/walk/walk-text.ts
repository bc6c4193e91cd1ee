import type { FailedWalk, WalkReport } from "./walk.ts";

/** What a walk found, and the command line that goes a failing one again. */
export function walkText({ operations, walks, perSecond, tally, heapBytes, failed, flaws }: WalkReport): string {
  const seen = [...tally].filter(([what]) => what !== "operations").map(([what, times]) => `${times} ${what}`);
  const mebibytes = heapBytes.map((bytes) => (bytes / 1_048_576).toFixed(0));
  return [
    `${operations} operations in ${walks} walks, ${perSecond.toFixed(1)} a second`,
    `  ${seen.sort().join(", ")}`,
    `  heap ${mebibytes.slice(0, 1).join("")} MiB after the first round, ${mebibytes.slice(-1).join("")} MiB after the last`,
    ...flaws.map((flaw) => `FLAW ${flaw}`),
    ...(failed ? failedText(failed) : ["After every one of them money was where it must be, to the last minor unit."]),
    "",
  ].join("\n");
}

function failedText({ seed, path, operations, shrinks }: FailedWalk): readonly string[] {
  return [
    `  after ${operations.length} operations (the shortest of ${shrinks + 1} walks that fail):`,
    ...operations.map((what, index) => `  ${index + 1}. ${what}`),
    `  again: npm run soak -- --walk --seed ${seed} --path "${path}"`,
  ];
}
