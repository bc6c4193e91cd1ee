/** The key ring of each party: every key of the table at the end of `keys-and-signatures.md` 7 that it holds, and all that can be derived from them. */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import { CIPHER_SUITES } from "../../harness/core/sale-profile.ts";
import { aesCmac } from "../../harness/crypto/aes.ts";
import { agentClearKey, serverClearKey } from "../../harness/crypto/confirmation.ts";
import { open } from "../../harness/crypto/seal.ts";
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import type { CaseContext } from "../define/case.ts";
import { contractKey } from "../payment/support/merchant-word.ts";
import { cardKey, sessionKeys } from "../payment/support/signatures.ts";
import { debitOf } from "../payment/variants/variant.ts";
import type { TransactionKeys } from "./keys.ts";
import { INNER_TAGS } from "./opened.ts";
import { SEALED_NAMES, type SealedName, type SealedPart } from "./sealed-parts.ts";

export const PARTIES = ["card", "PSAM", "set-top box", "head end", "merchant", "payment server"] as const;
export type Party = (typeof PARTIES)[number];

/** Keys by name, 16 bytes each. */
export type Ring = Readonly<Record<string, Uint8Array>>;

/** The keys that are in play in this purchase. The terminal holds none. */
export function ringsOf(
  t: CaseContext,
  seen: PurchaseObservation,
  keys: TransactionKeys,
): Readonly<Record<Party, Ring>> {
  const { IDMER, IDTRX, KSH, KDER, TSK } = keys;
  const { INITRSP, fields } = debitOf(t, seen);
  const KDP = cardKey(t, fields);
  const card = { KDP, ...sessionKeys(t, fields, INITRSP) };
  const MKP = t.keys.masterPurchaseKey(fields.PPIEP, fields.ALGIEP, fields.VKIEP);
  const KMER = contractKey(t, IDMER);
  const perTransaction = (label: number) => aesCmac(KMER, concat(Uint8Array.of(label), fromHex(IDTRX)));
  const KSEC = aesCmac(KMER, concat(Uint8Array.of(0xa2), new TextEncoder().encode(IDMER)));
  const KCLEAR = serverClearKey(KMER, IDTRX);
  const contract = { KMER, KSEC, KCONF: perTransaction(0xc1), KEXP: perTransaction(0xc2), KCLEAR };
  const KTA = t.keys.agentKey(IDMER);
  const agent = KTA ? { KTA, KAGENT: agentClearKey(KTA, IDTRX) } : {};
  return {
    card,
    PSAM: { ...card, ...(MKP ? { MKP } : {}) },
    "set-top box": { TSK },
    "head end": { TSK, ...agent },
    merchant: { ...contract, ...agent, KSH, KDER, TSK },
    "payment server": { ...contract, KSH, KDER, TSK },
  };
}

/** Which parties can open an element of that name somewhere in the purchase: found by trying every key in every construction. */
export function readersOf(
  rings: Readonly<Record<Party, Ring>>,
  parts: readonly SealedPart[],
  keys: TransactionKeys,
): Readonly<Partial<Record<SealedName, readonly Party[]>>> {
  const tried = new Map<string, boolean>();
  const opens = (key: Uint8Array, part: SealedPart) => {
    const name = toHex(concat(key, part.value));
    const known = tried.get(name) ?? opensSomehow(key, part.value, keys);
    tried.set(name, known);
    return known;
  };
  const entries = SEALED_NAMES.flatMap((name) => {
    const named = parts.filter((part) => part.name === name);
    if (named.length === 0) return [];
    const able = PARTIES.filter((party) =>
      named.some((part) => Object.values(rings[party]).some((key) => opens(key, part))),
    );
    return [[name, able] as const];
  });
  return Object.fromEntries(entries);
}

/** In either suite, with anything that is bound to some sealed element somewhere, or with nothing. */
export function opensSomehow(key: Uint8Array, value: Uint8Array, { IDMER, IDTRX, RND }: TransactionKeys): boolean {
  const merchant = new TextEncoder().encode(IDMER);
  const transaction = fromHex(IDTRX);
  const sale = concat(merchant, transaction);
  const bindings = [
    new Uint8Array(),
    concat(Uint8Array.of(0xe1), sale, RND),
    sale,
    concat(Uint8Array.of(0xc2), sale),
    ...INNER_TAGS.map((tag) => concat(Uint8Array.of(tag), transaction)),
  ];
  return CIPHER_SUITES.some((suite) => bindings.some((aad) => open(suite, key, aad, value) !== null));
}
