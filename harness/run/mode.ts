import type { Pics } from "../bench/pics.ts";
import { PursebenchError } from "../core/errors.ts";
import type { RunMode } from "../evidence/run-identification.ts";
import type { RunRequest } from "./request.ts";

/**
 * Certification: what is run follows from the PICS alone. It is the mode of every run that has a PICS, unless something else narrows
 * what is run. Throws `USAGE` where both are asked for.
 */
export function modeOf(request: RunRequest, pics: Pick<Pics, "role"> | undefined): RunMode {
  const { mode } = request;
  const narrowing = narrowedBy(request, pics);
  if (mode !== "certification") return mode ?? (pics && narrowing === undefined ? "certification" : "engineering");
  if (!pics) {
    throw new PursebenchError(
      "USAGE",
      "--mode certification without --pics: there the PICS alone decides what is run",
      {
        mend: "say what the device claims with --pics (fixtures/pics has examples), or use --mode engineering",
      },
    );
  }
  if (narrowing === undefined) return mode;
  throw new PursebenchError(
    "USAGE",
    `${narrowing} with --mode certification: there the PICS alone decides what is run`,
    {
      mend: "leave it away, or use --mode engineering",
    },
  );
}

function narrowedBy(
  { suites = [], cases = [], iut }: RunRequest,
  pics: Pick<Pics, "role"> | undefined,
): string | undefined {
  if (cases.length > 0) return "--case";
  if (suites.length > 0) return "--suite";
  return iut === undefined || iut === pics?.role
    ? undefined
    : `--iut ${iut}${pics ? ` (the PICS is of a ${pics.role})` : ""}`;
}
