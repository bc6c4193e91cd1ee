import { messageOf, type Owner, PursebenchError } from "../../harness/core/errors.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";

export interface Expectation {
  /** What was looked at, e.g. "MPDA of the draw request". */
  readonly what: string;
  /** Every outcome that would have been accepted. */
  readonly expected: readonly string[];
  readonly actual: string;
  readonly requirement?: string | undefined;
  readonly owner?: Owner | undefined;
  /** The event (`n`) that it is about. */
  readonly at?: number | undefined;
}

/** The IUT did not do what a requirement says. */
export class ExpectationFailed extends Error {
  readonly expectation: Expectation;

  constructor(expectation: Expectation) {
    super(`${expectation.what}: expected ${expectation.expected.join(" or ")}, found ${expectation.actual}`);
    this.name = "ExpectationFailed";
    this.expectation = expectation;
  }
}

/** Neither pass nor fail can be said, for a reason outside of the IUT. */
export class Inconclusive extends Error {
  readonly owner: Owner;
  readonly mend: string | undefined;

  constructor(reason: string, owner: Owner, mend?: string) {
    super(reason);
    this.name = "Inconclusive";
    this.owner = owner;
    this.mend = mend;
  }
}

export function inconclusive(reason: string, owner: Owner, mend?: string): never {
  throw new Inconclusive(reason, owner, mend);
}

/** What helps with trouble that named no mend of its own. */
export const MENDS: Readonly<Record<Owner, string>> = {
  card: "see to the card and its contacts, or put another one in, and run the case again",
  psam: "see to the PSAM, and run the case again",
  reader: "see to the reader and its cable (`pursebench doctor`), and run the case again",
  terminal: "see to the terminal, its cable and its line settings, and run the case again",
  server: "see whether the server runs and can be reached, and run the case again",
  bench: "run `pursebench doctor`; if it finds nothing, run the case alone and report it with its run directory",
};

/** The verdict that something thrown in a case stands for; `owner` is the case's. */
export function endOf(thrown: unknown, owner: Owner): CaseEnd {
  if (thrown instanceof ExpectationFailed) {
    const { what: _, owner: blamed, ...details } = thrown.expectation;
    return { outcome: "fail", reason: thrown.message, owner: blamed ?? owner, ...details };
  }
  if (thrown instanceof Inconclusive) {
    return { outcome: "inconc", reason: thrown.message, owner: thrown.owner, mend: thrown.mend ?? MENDS[thrown.owner] };
  }
  if (thrown instanceof PursebenchError && isDeviceTrouble(thrown)) {
    return { outcome: "inconc", reason: thrown.message, owner: thrown.owner, mend: thrown.mend ?? MENDS[thrown.owner] };
  }
  const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
  return { outcome: "error", reason: describeThrown(thrown), owner: "bench", mend: mend ?? MENDS.bench };
}

function isDeviceTrouble(error: PursebenchError): boolean {
  switch (error.code) {
    case "DEVICE_ABSENT":
    case "DEVICE_LOST":
    case "DEVICE_SILENT":
    case "DEVICE_GARBLED":
    case "DEVICE_BUSY":
    case "SERVICE_ABSENT":
      return true;
    case "PROTOCOL": // a device said what it may not, where the case was not looking
      return error.owner !== "bench";
    default:
      return false;
  }
}

function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `${messageOf(thrown)} was thrown`;
  return thrown instanceof PursebenchError ? thrown.message : `${thrown.name}: ${thrown.message}`;
}
