/** Failures that somebody accepts for a while: the file of waivers (`--waivers`). */
import { z } from "zod";
import { day } from "./day.ts";
import { didYouMean } from "./nearest.ts";
import { printedLine } from "./printed-line.ts";
import { readYamlFile } from "./yaml-file.ts";

const MOST = 1_000;

/** Bound to one case and one version of a device; as evidence keeps it. */
const WaiverSchema = z.strictObject({
  case: z.string(),
  /** Product and version as the PICS of the device names them. */
  product: printedLine,
  version: printedLine,
  reason: printedLine,
  approver: printedLine,
  /** Last day that it holds. */
  expires: day,
});

const FileSchema = z.strictObject({
  format: z.literal("pursebench-waivers/1"),
  waivers: z.array(WaiverSchema).max(MOST, `expected at most ${MOST} waivers`),
});

export type LoadedWaiver = z.output<typeof WaiverSchema>;

/** `known`: ids of the cases that there are. Throws `USAGE` with file and line. */
export function loadWaivers(path: string, known: readonly string[]): readonly LoadedWaiver[] {
  const schema = FileSchema.superRefine(({ waivers }, context) => {
    for (const [index, waiver] of waivers.entries()) {
      const message = flawOf(waiver, waivers.slice(0, index), known);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["waivers", index, "case"], message });
    }
  });
  return readYamlFile(path, schema, "file of waivers").waivers;
}

function flawOf(waiver: LoadedWaiver, before: readonly LoadedWaiver[], known: readonly string[]): string | undefined {
  if (!known.includes(waiver.case)) return `expected the id of a case${didYouMean(waiver.case, known)}`;
  const isTwice = before.some(
    (each) => each.case === waiver.case && each.product === waiver.product && each.version === waiver.version,
  );
  return isTwice ? "expected one waiver for each case and version of a device" : undefined;
}
