/** Wrong keys of the encryption layer, by name: what a merchant or payment server takes in place of the derived key. */
import { concat } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { openResultM, sealResultM } from "../crypto/confirmation.ts";
import { openExpected, sealExpected } from "../crypto/expected-signature.ts";
import { nonceLength } from "../crypto/seal.ts";
import { deriveTransactionKey, openTsk, sealTsk, type TransactionNames } from "../crypto/transaction-keys.ts";

/** What one of the two ends knows of a transaction. Keys of 16 bytes. */
export interface Known extends TransactionNames {
  readonly suite: CipherSuite;
  readonly KSH: Uint8Array;
  readonly KDER: Uint8Array;
  readonly TSK: Uint8Array;
}

export type WrongKey = (known: Known) => Uint8Array;

/** Odd parity in every byte, so that it would do for either suite. */
const ONE_FOR_ALL = new Uint8Array(16).fill(0x51);

const WRONG_KEYS: Readonly<Record<string, WrongKey>> = {
  shared: ({ KSH }) => KSH,
  session: ({ TSK }) => TSK,
  "first-half": (known) => derived(known, { KSH: concat(known.KSH.subarray(0, 8), known.KSH.subarray(0, 8)) }),
  "one-for-all": (known) => derived(known, { KSH: ONE_FOR_ALL }),
  "by-des": (known) => derived(known, { suite: "3DES-CBC-MAC" }),
  "without-transaction": (known) => derived(known, { IDTRX: "0".repeat(32) }),
  "without-random": (known) => derived(known, { RND: new Uint8Array(8) }),
};

export function wrongKey(name: string): WrongKey {
  const found = WRONG_KEYS[name];
  if (found) return found;
  throw new PursebenchError("USAGE", `no wrong key is called "${name}"`);
}

function derived(known: Known, changes: Partial<Known>): Uint8Array {
  const { suite, KSH, IDMER, IDTRX, RND } = { ...known, ...changes };
  return deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
}

/** ETSK sealed under `to` where it opens under `from`; as it is otherwise. Other nonces would tell nothing more. */
export function etskUnder(known: Known, ETSK: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  const TSK = openTsk(known.suite, from, known, ETSK);
  return TSK ? sealTsk(known.suite, to, known, TSK, ETSK.slice(0, nonceLength(known.suite))) : ETSK;
}

/** The same for debit result M. */
export function wordUnder(
  { suite, IDMER, IDTRX }: Pick<Known, "suite" | "IDMER" | "IDTRX">,
  CONF: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
): Uint8Array {
  const said = openResultM(suite, from, IDMER, IDTRX, CONF);
  return said ? sealResultM(suite, to, said, CONF.slice(0, nonceLength(suite))) : CONF;
}

/** The same for SEXP. */
export function expectedUnder(
  { suite, IDMER, IDTRX }: Pick<Known, "suite" | "IDMER" | "IDTRX">,
  SEXP: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
): Uint8Array {
  const said = openExpected({ suite, KDER: from }, IDMER, IDTRX, SEXP);
  return said ? sealExpected({ suite, KDER: to }, said, SEXP.slice(0, nonceLength(suite))) : SEXP;
}
