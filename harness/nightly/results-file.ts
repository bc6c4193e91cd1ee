import { join } from "node:path";
import { z } from "zod";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";
import { RESULTS_FILE } from "../evidence/run-directory.ts";

/** No run of a night has longer results. */
const MAX_BYTES = 512 << 20;

const Outcome = z.enum(["pass", "fail", "inconc", "error", "notApplicable", "notRun"]);

/** As much of `results.json` as a night looks at. */
const Schema = z.object({
  format: z.literal("pursebench-results/1"),
  run: z.object({
    id: z.string().min(1).max(200),
    started: z.iso.datetime(),
    ended: z.iso.datetime(),
    complete: z.boolean(),
    interrupted: z.string().optional(),
  }),
  iut: z.object({ role: z.string(), description: z.string() }),
  bench: z.object({ name: z.string() }),
  claims: z.object({ pics: z.unknown() }).optional(),
  golden: z.array(z.object({ when: z.string(), device: z.string(), outcome: Outcome, reason: z.string() })).optional(),
  verdict: z.enum(["none", "pass", "inconc", "fail", "error"]),
  summary: z.record(Outcome, z.number().int().nonnegative()),
  cases: z.array(
    z.object({
      id: z.string().min(1).max(200),
      verdict: Outcome,
      reason: z.string(),
      durationMs: z.number().nonnegative(),
      attempts: z.array(z.object({ verdict: Outcome })).optional(),
      waiver: z.object({ reason: z.string(), expires: z.string() }).optional(),
    }),
  ),
});

export type NightResults = z.output<typeof Schema>;
export type NightCase = NightResults["cases"][number];

/** The results of a run directory. `USAGE` when there are none, or when they are none of a run. */
export function readNightResults(dir: string): NightResults {
  const path = join(dir, RESULTS_FILE);
  let content: unknown;
  try {
    content = JSON.parse(readBoundedFile(path, MAX_BYTES).toString("utf8"));
  } catch (cause) {
    throw new PursebenchError("USAGE", `${path} cannot be read: ${messageOf(cause)}`, {
      mend: `name a run directory; \`pursebench report ${dir}\` derives its results from its evidence`,
      cause,
    });
  }
  const result = Schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.map(String).join(".") || "the file";
  throw new PursebenchError("USAGE", `${path}: ${where} is not as results of a run are: ${issue?.message ?? ""}`, {
    mend: `\`pursebench report ${dir}\` derives it again from the evidence`,
  });
}

/** The device that was under test, as far as runs of several nights are to be held together: product and version of its PICS. */
export function deviceOf({ iut, claims }: NightResults): string {
  const named = z.object({ device: z.object({ product: z.string(), version: z.string() }) }).safeParse(claims?.pics);
  if (!named.success) return `${iut.role} ${iut.description}`.slice(0, 200);
  return `${named.data.device.product} ${named.data.device.version}`.slice(0, 200);
}
