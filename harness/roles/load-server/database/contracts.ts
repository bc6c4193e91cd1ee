import type { LogLine, LogRecord } from "../../../sql/log-table.ts";

export type { LogLine, LogRecord } from "../../../sql/log-table.ts";

/** What a load server keeps (`load.md` 9), whichever engine keeps it. */

/**
 * `received` (request accepted as genuine) -> `command-sent` -> `loaded` | `not-loaded` | `unresolved`; `refused` before a
 * load command existed; `void`: nothing may be loaded under this identifier any more; `unresolved` -> `loaded` | `not-loaded`.
 */
export const LOAD_STATUSES = [
  "received",
  "command-sent",
  "loaded",
  "not-loaded",
  "unresolved",
  "refused",
  "void",
] as const;

export type LoadStatus = (typeof LOAD_STATUSES)[number];

/** From which statuses a load may come to another; what asks for more leaves the row as it is. */
export const TRANSITIONS: { readonly [Status in LoadStatus]: readonly LoadStatus[] } = {
  received: [],
  "command-sent": ["received"],
  loaded: ["command-sent", "unresolved"],
  "not-loaded": ["command-sent", "unresolved"],
  unresolved: ["command-sent"],
  refused: ["received"],
  void: [],
};

/** Names a load. */
export interface LoadName {
  /** 8 characters. */
  readonly IDMER: string;
  /** 32 hex digits. */
  readonly IDTRX: string;
}

/** What is known of a load when its row is made. Hex is upper case, amounts are minor units; of a void row they are zero. */
export interface NewLoad extends LoadName {
  /** 1 bank, 2 pre-funded. */
  readonly SOURCE: number;
  /** Of the account holder, where this server keeps it. */
  readonly ACCOUNT: string | null;
  readonly status: "received" | "void";
  readonly MLDA: number;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  /** The load request, hex; empty when void. */
  readonly LOADINIT: string;
  readonly LOADRSP: string;
  /** Where nothing was ever asked for. */
  readonly CC: string | null;
}

/** What later steps add; an absent element keeps what is there. */
export interface LoadChange {
  readonly status: LoadStatus;
  /** LOADDATA, hex. */
  readonly loadCommand?: string;
  /** CARDRSP, hex. */
  readonly cardResponse?: string;
  /** The HSM's last answer. */
  readonly hsmResponse?: string;
  /** 4 hex digits. */
  readonly CC?: string;
}

/** A row of the table `loads`. */
export interface LoadRecord extends Omit<NewLoad, "status"> {
  readonly status: LoadStatus;
  readonly loadCommand: string | null;
  readonly cardResponse: string | null;
  readonly hsmResponse: string | null;
  /** The hold of a pre-funded account has been settled by this outcome. */
  readonly booked: boolean;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly updated: string;
}

/**
 * The store of one load server. A promise that resolves says that the change is durable. `lines` are log entries written in
 * the same unit of work. Failures of the engine are `PursebenchError`s with code `STORAGE`.
 */
export interface LoadDatabase extends AsyncDisposable {
  /** False, and nothing but `lines` written, when there is a row of that name. */
  insertLoad(row: NewLoad, lines?: readonly LogLine[]): Promise<boolean>;
  /** The row as it then is: unchanged where `TRANSITIONS` do not allow the change. */
  updateLoad(name: LoadName, change: LoadChange, lines?: readonly LogLine[]): Promise<LoadRecord | undefined>;
  markBooked(name: LoadName): Promise<void>;
  appendLog(lines: readonly LogLine[]): Promise<void>;
  load(name: LoadName): Promise<LoadRecord | undefined>;
  loadsByStatus(...statuses: readonly LoadStatus[]): Promise<readonly LoadRecord[]>;
  /** All of them, in the order of their creation. */
  loads(): Promise<readonly LoadRecord[]>;
  /** Log entries of one load, or all; oldest first. */
  log(IDTRX?: string): Promise<readonly LogRecord[]>;
}
