import type {
  TAcknowledge,
  TCancel,
  TCollect,
  TDraw,
  TReadTotals,
  TResponse,
  TUpdate,
} from "../../protocol/messages/layouts.ts";
import type { PackageDebitAnswer } from "../../protocol/messages/psam-packages.ts";
import type { LogOutput } from "../role.ts";

/** Who the terminal is. */
export interface TerminalIdentity {
  /** 8 hex digits. */
  readonly IDTERM: string;
  /** Location code, 8 decimal digits. */
  readonly LOC: string;
}

/** What the terminal remembers of a transaction until its end, for the data store (step 630). */
export interface TransactionFacts {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  readonly NTPSAM: number;
  readonly DTHR: string;
  /** Single trip (`messages.md` 3a): the PSAM counts it from the moment it is issued. Absent where the PSAM compares. */
  readonly COMPARE?: number | undefined;
}

/**
 * A command that the PSAM may have worked off without anybody hearing of it. It is settled before the next one: a debit is
 * withdrawn, anything else asked again.
 */
export type Doubt =
  /** `other`: the name in its DEBITDATA where that is not IDTRX; one of the two the PSAM has issued. */
  | { readonly kind: "debit"; readonly IDTRX: string; readonly other?: string | undefined }
  /** Of an issued transaction. */
  | { readonly kind: "reversal"; readonly IDTRX: string; readonly MODE: number }
  /** Of a single trip transaction. `CARDRSP`: 32 hex digits. */
  | { readonly kind: "completion"; readonly IDTRX: string; readonly CARDRSP: string };

/** What outlives a power cut. */
export interface TerminalMemory {
  /** Data store records of 60 bytes, oldest first (`messages.md` 5). */
  readonly records: readonly Uint8Array[];
  /** COUNT of the newest record ever written. */
  readonly count: number;
  /** The transaction in *draw amount* state. */
  readonly open: TransactionFacts | undefined;
  /** Transactions that the PSAM keeps for a late answer, oldest first. */
  readonly suspended: readonly TransactionFacts[];
  /** Single trip transactions that can still be taken back, oldest first. */
  readonly issued: readonly TransactionFacts[];
  readonly doubt: Doubt | undefined;
}

/** What the PSAM answered to PACKAGE: DEBIT. `EXPECTED`: 16 bytes, single trip only. */
export type DebitIssue = PackageDebitAnswer & { readonly EXPECTED?: Uint8Array };

/** A message that needs the PSAM. */
export type PsamMessage = TDraw | TResponse | TCancel | TReadTotals | TCollect | TAcknowledge | TUpdate;

/** What the terminal waits for from the PSAM. `DTHR`: YYYYMMDDhhmmss when the message came in. */
export type Job =
  /** `next`: the message to be worked off once the PSAM is selected; none at power-up. */
  | { readonly kind: "select"; readonly next: PsamMessage | undefined; readonly DTHR: string }
  /** Settles the doubt. */
  | { readonly kind: "clean-up"; readonly next: PsamMessage | undefined; readonly DTHR: string }
  | { readonly kind: "package-atr"; readonly draw: TDraw; readonly DTHR: string }
  | { readonly kind: "package-initialize"; readonly draw: TDraw; readonly DTHR: string }
  | { readonly kind: "package-issuer"; readonly draw: TDraw; readonly DTHR: string }
  | { readonly kind: "package-card"; readonly draw: TDraw; readonly DTHR: string }
  | { readonly kind: "package-debit"; readonly draw: TDraw; readonly DTHR: string }
  | { readonly kind: "read-certificate"; readonly draw: TDraw; readonly debit: DebitIssue }
  | {
      readonly kind: "read-session-key";
      readonly draw: TDraw;
      readonly debit: DebitIssue;
      /** 244 bytes. */
      readonly PSAMCERT: Uint8Array;
    }
  | { readonly kind: "complete"; readonly response: TResponse }
  /** The card refused the debit: the transaction is withdrawn. */
  | { readonly kind: "withdraw-refused"; readonly response: TResponse }
  | { readonly kind: "cancel"; readonly cancel: TCancel }
  | { readonly kind: "read-totals" }
  | { readonly kind: "collect"; readonly collect: TCollect }
  | { readonly kind: "acknowledge"; readonly acknowledge: TAcknowledge }
  | { readonly kind: "update"; readonly update: TUpdate }
  /** A dumb terminal hands the answer on as it is. */
  | { readonly kind: "relay" };

export interface TerminalState {
  readonly identity: TerminalIdentity;
  readonly memory: TerminalMemory;
  /** False until the PSAM application is selected, and again when nobody knows what the PSAM is doing. */
  readonly isPsamSelected: boolean;
  /** The PSAM that was selected last, as the batches of its collections name it: 16 hex digits. */
  readonly BATCHNO?: string;
  readonly job: Job | undefined;
}

export type TerminalInput =
  /** `DTHR`: the terminal's clock, YYYYMMDDhhmmss UTC. */
  | { readonly kind: "message"; readonly bytes: Uint8Array; readonly DTHR: string }
  | { readonly kind: "psam-response"; readonly bytes: Uint8Array }
  | { readonly kind: "psam-silent" }
  /** Power comes up, for the first time or after a cut. */
  | { readonly kind: "power"; readonly DTHR: string };

export type TerminalOutput =
  /** A command for the PSAM; its response or silence is the next input. */
  | { readonly kind: "psam-apdu"; readonly bytes: Uint8Array }
  /** Write this to memory that survives, before anything else happens. */
  | { readonly kind: "save"; readonly memory: TerminalMemory }
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  | LogOutput;

export interface TerminalStep {
  readonly state: TerminalState;
  readonly outputs: readonly TerminalOutput[];
}

/** The terminal's states as `psam-edge.md` 2 and `messages.md` 5 name them. */
export type TerminalPhase = "idle" | "card reset" | "card identified" | "card accepted" | "draw amount";

export const EMPTY_MEMORY: TerminalMemory = {
  records: [],
  count: 0,
  open: undefined,
  suspended: [],
  issued: [],
  doubt: undefined,
};

/** A terminal that has just been switched on. */
export function createTerminal(identity: TerminalIdentity, memory: TerminalMemory = EMPTY_MEMORY): TerminalState {
  return { identity, memory, isPsamSelected: false, job: undefined };
}

export function phaseOf({ job, memory }: TerminalState): TerminalPhase {
  if (job?.kind === "package-initialize") return "card reset";
  if (job?.kind === "package-issuer" || job?.kind === "package-card") return "card identified";
  if (job?.kind === "package-debit") return "card accepted";
  return memory.open === undefined ? "idle" : "draw amount";
}
