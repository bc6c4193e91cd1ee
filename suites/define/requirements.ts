import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../../harness/bench/package-root.ts";
import type { Case } from "./case.ts";

const Requirement = z.object({
  id: z.string(),
  flow: z.string(),
  level: z.enum(["must", "should", "may"]),
  actor: z.string(),
  step: z.union([z.string(), z.number()]).nullable(),
  text: z.string(),
  /** Paragraphs and claims of the source document. */
  source: z.array(z.string()),
});

export type Requirement = z.output<typeof Requirement>;

/** The folder of the specification. */
export function specificationFolder(): string {
  return join(packageRoot(), "suites", "specification");
}

const BasisFile = z.object({ requirements: z.array(Requirement), ambiguities: z.array(z.object({ id: z.string() })) });

/** Takes some hundred milliseconds: read it where it is needed. */
function readBasis(): z.output<typeof BasisFile> {
  return BasisFile.parse(parse(readFileSync(join(specificationFolder(), "requirements.yaml"), "utf8")));
}

/** The conformance basis, in the order of the file. */
export function loadRequirements(): Requirement[] {
  return readBasis().requirements;
}

/** Ids of the ambiguities whose adopted reading a case may name beside its requirements. */
export function loadReadings(): readonly string[] {
  return readBasis().ambiguities.map(({ id }) => id);
}

/** Requirements that no case tests, with the reason: `not-tested.yaml`. */
export function loadNotTested(): ReadonlyMap<string, string> {
  const text = readFileSync(join(specificationFolder(), "not-tested.yaml"), "utf8");
  return new Map(Object.entries(z.record(z.string(), z.string().min(1)).parse(parse(text) ?? {})));
}

/** What reports are held against: the base payment whole, and what else a case names or `not-tested.yaml` excuses. */
export function loadBasis(cases: readonly Case[]): {
  readonly requirements: readonly Requirement[];
  readonly notTested: readonly { readonly id: string; readonly reason: string }[];
} {
  const excuses = loadNotTested();
  const named = new Set([...cases.flatMap((each) => each.requirements), ...excuses.keys()]);
  const requirements = loadRequirements().filter(({ flow, id }) => flow === "pay-base" || named.has(id));
  return { requirements, notTested: [...excuses].map(([id, reason]) => ({ id, reason })) };
}
