/** What is known beforehand of a job's cases: `pursebench-expected/1`. */
import { z } from "zod";
import { readYamlFile } from "../../bench/yaml-file.ts";

const id = z
  .string("expected a case id")
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "expected the id of a case, as `pursebench cases` prints it");
const pattern = z
  .string("expected a case id")
  .regex(/^[A-Za-z0-9*][A-Za-z0-9._*-]{0,99}$/, "expected the id of a case; * stands for any characters");

export const OUTCOMES = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"] as const;

export const ExpectedSchema = z.strictObject({
  format: z.literal("pursebench-expected/1"),
  /** Every case that the job had when this was accepted. What no entry is about must pass. */
  baseline: z.array(id),
  expect: z
    .array(
      z.strictObject({
        /** Ids; `*` stands for any characters. */
        cases: z.array(pattern).min(1, "expected at least one case"),
        outcome: z.enum(OUTCOMES),
        /** Why it is so. */
        because: z.string("expected why").min(3, "expected why, in some words").max(1_000),
        ticket: z.string().min(1).max(200).optional(),
        /** Last day that it holds, YYYY-MM-DD. */
        until: z.iso.date('expected a day like "2026-12-31"').optional(),
      }),
    )
    .default([]),
});

export type Expected = z.output<typeof ExpectedSchema>;
export type ExpectedEntry = Expected["expect"][number];

/** Throws `USAGE` with file and line. */
export function loadExpected(path: string): Expected {
  return readYamlFile(path, ExpectedSchema, "file of expected results");
}
