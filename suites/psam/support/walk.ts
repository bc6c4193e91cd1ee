/**
 * An oracle of the order of commands: the table of states of `psam-edge.md` 2 as data. It says of every move in every state what is answered
 * and where it leads; the security card must do the same.
 */

export const PLACES = [
  "idle",
  "card reset",
  "card identified",
  "issuer certified",
  "card accepted",
  "public card accepted",
  "debit issued",
  "public debit issued",
] as const;
export type Place = (typeof PLACES)[number];

export interface State {
  readonly place: Place;
  /** READ CERTIFICATE and READ SESSION KEY answer (4.7). */
  readonly isReadable: boolean;
}

export interface Row {
  readonly SW: string;
  /** In order there alone. Absent: in every state. */
  readonly after?: readonly Place[];
  /** Where it leads when it is in order; the same place when absent. */
  readonly to?: Place;
  /** What it is answered with out of order; `6985` when absent. */
  readonly otherwise?: string;
  /** A package: in order it ends what can be read, and no other command does. */
  readonly isPackage?: true;
  /** Afterwards certificate and session key can be read. */
  readonly opens?: true;
}

const SECRET: readonly Place[] = ["card accepted"];
const PUBLIC: readonly Place[] = ["public card accepted"];
const ACCEPTED: readonly Place[] = [...SECRET, ...PUBLIC];
const OPEN: readonly Place[] = ["debit issued", "public debit issued"];

/** Moves by name. `9000` stands for an answer with or without data. */
export const MOVES = {
  SELECT: { SW: "9000", to: "idle" },
  "SELECT of another": { SW: "6A82" },
  "answer to reset": { SW: "9000", after: ["idle"], to: "card reset", isPackage: true },
  "malformed answer to reset": { SW: "6A80", after: ["idle"], to: "idle", isPackage: true },
  "answer to reset too long": { SW: "6700", after: ["idle"], to: "idle", otherwise: "6700", isPackage: true },
  "secret key card": { SW: "9000", after: ["card reset"], to: "card accepted", isPackage: true },
  "public key card": { SW: "9000", after: ["card reset"], to: "card identified", isPackage: true },
  "unknown card": { SW: "9410", after: ["card reset"], to: "idle", isPackage: true },
  "card too short": { SW: "6700", after: ["card reset"], to: "idle", otherwise: "6700", isPackage: true },
  "issuer's certificate": { SW: "9000", after: ["card identified"], to: "issuer certified", isPackage: true },
  "forged issuer's certificate": { SW: "9422", after: ["card identified"], to: "idle", isPackage: true },
  "card's certificate": { SW: "9000", after: ["issuer certified"], to: "public card accepted", isPackage: true },
  "forged card's certificate": { SW: "9422", after: ["issuer certified"], to: "idle", isPackage: true },
  debit: { SW: "9000", after: ACCEPTED, to: "debit issued", isPackage: true, opens: true },
  "debit issued at once": { SW: "9000", after: ACCEPTED, to: "idle", isPackage: true, opens: true },
  "debit over zero": { SW: "6A80", after: ACCEPTED, to: "idle", isPackage: true },
  "debit too long": { SW: "6700", after: ACCEPTED, to: "idle", otherwise: "6700", isPackage: true },
  "package that is none": { SW: "6A86" },
  "COMPLETE of the open debit": { SW: "9000", after: OPEN, to: "idle", otherwise: "9415" },
  "COMPLETE with a wrong S3": { SW: "9302", after: OPEN, otherwise: "9415" },
  "CANCEL, withdraw": { SW: "9000", after: OPEN, to: "idle", otherwise: "9415" },
  "CANCEL, suspend": { SW: "9000", after: OPEN, to: "idle", otherwise: "9415" },
  "READ TOTALS": { SW: "9000" },
  "COLLECT of nothing": { SW: "6A80" },
  "END OF COLLECTION of none": { SW: "9415" },
  "UPDATE with a wrong S6": { SW: "9302" },
} as const satisfies Readonly<Record<string, Row>>;

export type Move = keyof typeof MOVES | "READ CERTIFICATE" | "READ SESSION KEY";

export const ALL_MOVES: readonly Move[] = [
  ...(Object.keys(MOVES) as (keyof typeof MOVES)[]),
  "READ CERTIFICATE",
  "READ SESSION KEY",
];

/** What `move` is answered with in `state`, and the state after it. */
export function due(state: State, move: Move): { readonly SW: string; readonly next: State } {
  if (move === "READ CERTIFICATE" || move === "READ SESSION KEY") {
    return { SW: state.isReadable ? "9000" : "6985", next: state };
  }
  if (move === "SELECT") return { SW: "9000", next: { place: "idle", isReadable: false } };
  const row: Row = MOVES[move];
  if (row.after !== undefined && !row.after.includes(state.place)) return { SW: row.otherwise ?? "6985", next: state };
  const isPublic = state.place === "public card accepted";
  const isReadable = row.isPackage ? row.opens === true && isPublic : state.isReadable;
  const to = row.to === "debit issued" && isPublic ? "public debit issued" : (row.to ?? state.place);
  return { SW: row.SW, next: { place: to, isReadable } };
}

/** The moves from *idle* to that place, each in order. */
export const WAYS: Readonly<Record<Place, readonly Move[]>> = {
  idle: [],
  "card reset": ["answer to reset"],
  "card identified": ["answer to reset", "public key card"],
  "issuer certified": ["answer to reset", "public key card", "issuer's certificate"],
  "card accepted": ["answer to reset", "secret key card"],
  "public card accepted": ["answer to reset", "public key card", "issuer's certificate", "card's certificate"],
  "debit issued": ["answer to reset", "secret key card", "debit"],
  "public debit issued": ["answer to reset", "public key card", "issuer's certificate", "card's certificate", "debit"],
};

/** Moves whose answers tell the states apart. */
export const TELLING: readonly Move[] = [
  "answer to reset",
  "secret key card",
  "issuer's certificate",
  "card's certificate",
  "debit over zero",
  "COMPLETE with a wrong S3",
  "CANCEL, withdraw",
  "READ CERTIFICATE",
];
