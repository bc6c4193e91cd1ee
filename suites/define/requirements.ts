import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../../harness/bench/package-root.ts";

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

/** The conformance basis, in the order of the file. Takes some hundred milliseconds: read it where it is needed. */
export function loadRequirements(): Requirement[] {
  const text = readFileSync(join(specificationFolder(), "requirements.yaml"), "utf8");
  return z.object({ requirements: z.array(Requirement) }).parse(parse(text)).requirements;
}

/** Requirements that no case tests, with the reason: `not-tested.yaml`. */
export function loadNotTested(): ReadonlyMap<string, string> {
  const text = readFileSync(join(specificationFolder(), "not-tested.yaml"), "utf8");
  return new Map(Object.entries(z.record(z.string(), z.string().min(1)).parse(parse(text) ?? {})));
}

/** What reports of the base payment are held against. */
export function loadBasis(): {
  readonly requirements: readonly Requirement[];
  readonly notTested: readonly { readonly id: string; readonly reason: string }[];
} {
  const requirements = loadRequirements().filter((each) => each.flow === "pay-base");
  return { requirements, notTested: [...loadNotTested()].map(([id, reason]) => ({ id, reason })) };
}
