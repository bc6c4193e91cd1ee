import type { CipherSuite } from "../../core/sale-profile.ts";
import { type LoadConfirmation, openLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { deriveTransactionKey } from "../../crypto/transaction-keys.ts";
import type { LogOutput, Role, Step } from "../role.ts";

/** Whose loads another server hears of: part of the contract of a pre-funded account (FIG 17, 1091; `load.md` 3). */
export interface HeardHolder {
  /** The holder of the accounts, 8 characters A-Z 0-9. */
  readonly IDMER: string;
  readonly suite: CipherSuite;
  /** Shared key of the encryption layer, 16 bytes. */
  readonly KSH: Uint8Array;
}

/** What it keeps, as evidence of the value that was loaded; undefined for a word that it did not accept. */
export type Registered = ReadonlyMap<string, LoadConfirmation>;

export interface AdditionalState {
  readonly holder: HeardHolder;
  /** By IDTRX, oldest first. */
  readonly registered: Registered;
}

/** 1091: the load server's word as the head end forwards it. IDTRX: 32 hex digits; RND: 8 bytes, from the URL. */
export interface AdditionalInput {
  readonly kind: "confirmation";
  readonly IDTRX: string;
  readonly RND: Uint8Array;
  readonly CONF: Uint8Array;
}

/** `registered`: genuine and new, or the same as before; `other`: another word on the same load was registered before. */
export type AdditionalAnswer = "registered" | "not-loaded" | "not-accepted" | "other";

export type AdditionalOutput = LogOutput | { readonly kind: "answer"; readonly answer: AdditionalAnswer };

export type AdditionalServerRole = Role<AdditionalState, AdditionalInput, AdditionalOutput>;

/** Most loads that are remembered; the oldest one is forgotten first. */
const LIMIT = 10_000;

/** Opens and registers confirmations; decides nothing about an account. */
export const additionalServer: AdditionalServerRole = {
  handle(state, { IDTRX, RND, CONF }) {
    const { IDMER, suite, KSH } = state.holder;
    const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
    const word = openLoadConfirmation(suite, KDER, IDMER, IDTRX, CONF);
    if (word === null) return step(state, "not-accepted", heard(IDTRX, null));
    const known = state.registered.get(IDTRX);
    if (known !== undefined && !isSame(known, word)) return step(state, "other", heard(IDTRX, null));
    const registered = known ? state.registered : withWord(state.registered, IDTRX, word);
    const answer = word.CC === "0000" ? "registered" : "not-loaded";
    return step({ ...state, registered }, answer, heard(IDTRX, word));
  },
};

export function newAdditionalServer(holder: HeardHolder): AdditionalState {
  return { holder, registered: new Map() };
}

function step(
  state: AdditionalState,
  answer: AdditionalAnswer,
  log: LogOutput,
): Step<AdditionalState, AdditionalOutput> {
  return { state, outputs: [log, { kind: "answer", answer }] };
}

/** The value is in the log, so that a claim for another one can be refuted. */
function heard(IDTRX: string, word: LoadConfirmation | null): LogOutput {
  const { CC = null, MLDA = null, CURRLDA = null, IDIEP = null } = word ?? {};
  const fields = { accepted: word !== null, CC, MLDA, CURRLDA, IDIEP };
  return { kind: "log", entry: "confirmation-registered", step: "1091", IDTRX, fields };
}

function withWord(registered: Registered, IDTRX: string, word: LoadConfirmation): Registered {
  const rows = [...registered, [IDTRX, word] as const];
  return new Map(rows.slice(Math.max(0, rows.length - LIMIT)));
}

function isSame(left: LoadConfirmation, right: LoadConfirmation): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
