/** Seeded defects as data (`fixtures/mutants/*.yaml`). */
import { z } from "zod";
import { readCheckedYaml } from "../core/checked-yaml.ts";

const text = z.string().min(1, "expected some text");

const DefectFile = z.array(
  z.strictObject({
    /** "MUT-…"; permanent. */
    id: z.string().regex(/^MUT-[A-Z0-9]+(-[A-Za-z0-9]+)*$/, "expected an id like MUT-606-A"),
    /** Whose reference implementation is made wrong. */
    role: z.enum([
      "card",
      "psam",
      "reader",
      "set-top-box",
      "head-end",
      "merchant",
      "payment-server",
      "head-end-payment-server",
      "concentrator",
      "terminal",
      "bank-server",
      "load-server",
      "additional-server",
      "hsm",
      "concentration-point",
      "clearing-system",
    ]),
    requirement: text,
    /** What it does wrong, in a sentence. */
    what: text,
    behaviour: z.looseObject({ name: text }),
    /** The cases that must fail with it: ids, or patterns of them in which `*` stands for anything ("ENC-802-*"). */
    caughtBy: z.array(text).min(1, "expected at least one case"),
  }),
);

export type Defect = z.infer<typeof DefectFile>[number];

/** Reads one file of defects. Throws `USAGE` naming file, line and field. */
export function parseDefects(yaml: string, fileName: string): readonly Defect[] {
  return readCheckedYaml(yaml, fileName, DefectFile);
}

/** Whether `pattern` of `caughtBy` means the case `id`. */
export function isMeant(pattern: string, id: string): boolean {
  if (!pattern.includes("*")) return pattern === id;
  const parts = pattern.split("*").map((part) => part.replace(/[^A-Za-z0-9-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(id);
}
