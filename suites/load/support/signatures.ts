/** S1, S2, S3 and HRES of a load, computed from the master keys of the test system; for cases with `needs: { keys: true }`. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { type HsmResultKind, signHsmResult } from "../../../harness/crypto/hsm-result.ts";
import { encipherMasterLoadKey } from "../../../harness/crypto/key-cryptogram.ts";
import { deriveLoadKey, deriveLoadSessionKeys, loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import {
  type LoadCompletion,
  type LoadRequest,
  signLoadS1,
  signLoadS2,
  signLoadS3,
} from "../../../harness/crypto/load-signatures.ts";
import type { LoadInit } from "../../../harness/protocol/messages/load-init.ts";
import type { LoadResponse } from "../../../harness/protocol/messages/load-response.ts";
import type { CaseContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";

export interface Signed {
  readonly init: LoadInit;
  readonly card: Omit<LoadResponse, "S1">;
}

/** The issuer whose key a card has; its own unless a case takes another's. */
export type KeyName = Pick<LoadResponse, "PPIEP" | "ALGIEP" | "VKIEP">;

/** Everything that is signed in that load. */
export function requestOf({ init, card }: Signed): LoadRequest {
  const { PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R } = card;
  return { ...init, PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R };
}

export function masterLoadKey(t: CaseContext, { PPIEP, ALGIEP, VKIEP }: KeyName): Uint8Array {
  const ALGL = loadAlgorithm(ALGIEP);
  return (
    t.keys.masterLoadKey(PPIEP, ALGL, VKIEP) ??
    inconclusive(`no test key for PPIEP ${PPIEP}, ALGL ${ALGL}, VKIEP ${VKIEP}`, "bench")
  );
}

/** KML under the HSM's LMK, 32 hex digits. */
export function cryptogram(t: CaseContext, name: KeyName): string {
  const LMK = t.keys.localMasterKey() ?? inconclusive("no local master key is at hand", "bench");
  return toHex(encipherMasterLoadKey(LMK, masterLoadKey(t, name)));
}

/** KDL and session keys of that load. `MKL`: under another master key. */
export function keysFor(t: CaseContext, signed: Signed, MKL = masterLoadKey(t, signed.card)) {
  const { card } = signed;
  const ALGL = loadAlgorithm(card.ALGIEP);
  const KDL = deriveLoadKey(ALGL, MKL, card.PPIEP, card.IDIEP);
  return { ALGL, MKL, KDL, ...deriveLoadSessionKeys(ALGL, KDL, card) };
}

/** Signatures are 16 hex digits. */
export function expectedS1(t: CaseContext, signed: Signed, MKL?: Uint8Array): string {
  const { ALGL, KS1 } = keysFor(t, signed, MKL);
  return toHex(signLoadS1(ALGL, KS1, requestOf(signed)));
}

export function expectedS2(t: CaseContext, signed: Signed, S1: string, MKL?: Uint8Array): string {
  const { ALGL, KS2 } = keysFor(t, signed, MKL);
  return toHex(signLoadS2(ALGL, KS2, requestOf(signed), fromHex(S1)));
}

export function expectedS3(t: CaseContext, signed: Signed, completion: LoadCompletion, MKL?: Uint8Array): string {
  const { ALGL, KS3 } = keysFor(t, signed, MKL);
  return toHex(signLoadS3(ALGL, KS3, requestOf(signed), completion));
}

/** HRES, 16 hex digits. KLS is that of the load server of the bench. */
export function expectedResult(t: CaseContext, signed: Signed, kind: HsmResultKind, CC: string): string {
  const KLS = t.keys.loadServerKey(t.facts.loadServer.IDACQ) ?? inconclusive("no KLS is at hand", "bench");
  return toHex(signHsmResult(KLS, { ...requestOf(signed), kind, CC }));
}
