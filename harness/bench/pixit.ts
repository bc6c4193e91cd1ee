import type { z } from "zod";
import type { Pics } from "./pics.ts";
import { type Pixit, PixitFieldsSchema } from "./pixit-fields.ts";
import { pixitFlaws } from "./pixit-flaws.ts";
import { readYamlFile } from "./yaml-file.ts";

export type { Pixit } from "./pixit-fields.ts";

/** Throws `USAGE` with file and line, also for a PIXIT that contradicts itself, or the PICS of the same device. */
export function loadPixit(path: string, pics?: Pics): Pixit {
  return readYamlFile(path, PixitFieldsSchema.superRefine(told(pics)), "PIXIT");
}

function told(pics: Pics | undefined) {
  return (pixit: Pixit, context: z.RefinementCtx): void => {
    for (const { path, message } of pixitFlaws(pixit, pics)) context.addIssue({ code: "custom", path, message });
  };
}
