import { fromHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { keysOf, PUBLIC_KEY, transportedKey } from "../algorithms/any-card.ts";
import { contractKey } from "../support/merchant-word.ts";
import type { Facts } from "./confirmed.ts";
import type { Combination } from "./dimensions.ts";
import { placesOf, placesOfS2, placesOfS3, placesOfTsk } from "./readable.ts";

const ABOUT: About = { requirement: "ENC-0107-b" };

/** Signatures stand where they must and nowhere else; keys stand nowhere. */
export function expectReadable(
  t: CaseContext,
  seen: PurchaseObservation,
  combination: Combination,
  facts: Facts,
): void {
  const { debit, keys } = facts;
  const S3 = fromHex(debit.answer).subarray(8);
  t.expect.equal("where S2 can be read", placesOf(seen, fromHex(debit.S2)), placesOfS2(combination), ABOUT);
  t.expect.equal("where S3 can be read", placesOf(seen, S3), placesOfS3(combination), ABOUT);
  if (keys) t.expect.equal("where TSK can be read", placesOf(seen, keys.TSK), placesOfTsk(combination), ABOUT);
  for (const [name, key] of secrets(t, facts)) {
    t.expect.equal(`where ${name} can be read`, placesOf(seen, key), [], ABOUT);
  }
}

function secrets(t: CaseContext, { debit, sale: { IDMER }, keys }: Facts): [string, Uint8Array][] {
  const { KS2, KS3 } = keysOf(t, debit);
  const { PPIEP, ALGIEP, VKIEP } = debit.fields;
  const card: [string, Uint8Array | undefined] =
    ALGIEP === PUBLIC_KEY
      ? ["the card's session key", transportedKey(t, debit.CERTS, debit.SESSKEY)]
      : ["the issuer's master key", t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP)];
  const all: [string, Uint8Array | undefined][] = [
    ["KS2", KS2],
    ["KS3", KS3],
    card,
    ["the contract key", contractKey(t, IDMER)],
    ["the trusted agent's key", t.keys.agentKey(IDMER)],
    ["the shared key", keys?.KSH],
    ["the derived key", keys?.KDER],
  ];
  return all.flatMap(([name, key]) => (key === undefined ? [] : [[name, key] as [string, Uint8Array]]));
}
