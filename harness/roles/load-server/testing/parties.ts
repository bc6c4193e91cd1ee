/** Who a load server of these tests knows, and a card that is loaded by it. */
import { fromHex } from "../../../core/bytes.ts";
import type { CipherSuite } from "../../../core/sale-profile.ts";
import { debitSecurity } from "../../../crypto/load-security.ts";
import type { LoadRequest as SignedLoad } from "../../../crypto/load-signatures.ts";
import { encodeCardResponse } from "../../../protocol/messages/card-response.ts";
import type { LoadRequest } from "../../../protocol/messages/layouts.ts";
import { encodeLoadInit } from "../../../protocol/messages/load-init.ts";
import { encodeLoadResponse, type LoadResponse } from "../../../protocol/messages/load-response.ts";
import { KLS, KML, LOAD, s1, s3 } from "../../hsm/testing/card.ts";
import { KMER, KSH } from "../../payment-server/testing/merchants.ts";
import type { LoadContract, LoadSettings } from "../contract.ts";

export const IDTRX = LOAD.IDTRX;

const CONTRACTS: Readonly<Record<string, Omit<LoadContract, "KMER" | "KSH">>> = {
  BANK0001: { source: "bank", active: true, suite: "AES-128-GCM" },
  BANK0002: { source: "bank", active: true, suite: "3DES-CBC-MAC" },
  BANK0003: { source: "bank", active: false, suite: "AES-128-GCM" },
  FUND0001: { source: "pre-funded", active: true, suite: "AES-128-GCM" },
};

export function contractOf(IDMER: string): LoadContract | undefined {
  const terms = CONTRACTS[IDMER];
  return terms && { ...terms, KMER, KSH };
}

export function suiteOf(IDMER: string): CipherSuite {
  return CONTRACTS[IDMER]?.suite ?? "AES-128-GCM";
}

export const SETTINGS: LoadSettings = {
  IDACQ: LOAD.IDACQ,
  KLS,
  cryptograms: [
    { PPIEP: LOAD.PPIEP, ALGL: 4, VKIEP: 1, KML },
    { PPIEP: LOAD.PPIEP, ALGL: 5, VKIEP: 1, KML },
    // a key that the HSM does not serve for
    { PPIEP: "999999", ALGL: 4, VKIEP: 1, KML },
  ],
  currencies: [
    { CURR: "0978", CEXP: 2 },
    { CURR: "0840", CEXP: 2 },
  ],
};

/** What a card is beside its load: two-key triple DES, EUR with two decimals. */
export const CARD = { ALGIEP: 4, CURRIEP: "0978", CEXPIEP: 2, AMIEP: 1, VKIEP: 1 };

export type CardTerms = Partial<SignedLoad> &
  Partial<Pick<LoadResponse, "ALGIEP" | "VKIEP" | "CURRIEP" | "CEXPIEP" | "S1">>;

/** LOADINIT and LOADRSP of a genuine card that was asked for just that. */
export function asked(terms: CardTerms = {}): { LOADINIT: Uint8Array; LOADRSP: Uint8Array } {
  const load = { ...LOAD, ...terms };
  const card = { ...CARD, ...terms };
  const { PPIEP, IDIEP, DEXPIEP, BALIEP, NTIEP, R } = load;
  const S1 = terms.S1 ?? s1(card.ALGIEP === 5 ? 5 : 4, load);
  const { ALGIEP, CURRIEP, CEXPIEP, AMIEP, VKIEP } = card;
  const init = { PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, CURRIEP, CEXPIEP, AMIEP, NTIEP, VKIEP, R };
  return { LOADINIT: encodeLoadInit(load), LOADRSP: encodeLoadResponse({ ...init, S1 }) };
}

/** The zero value load request of that card: a new challenge, a minute later. */
export function askedZero(terms: CardTerms = {}) {
  return asked({ MLDA: 0, R: "0BADCAFE", DTHR: "20310506070910", ...terms });
}

/** A load request as a head end sends it; SECLOAD fits whatever is overridden in `terms`. */
export function loadRequest(terms: CardTerms = {}, over: Partial<LoadRequest> = {}): LoadRequest {
  const IDMER = over.IDMER ?? "BANK0001";
  const isBank = contractOf(IDMER)?.source !== "pre-funded";
  const SECLOAD = debitSecurity(KMER, { ...LOAD, ...terms, IDMER });
  return {
    kind: "load-request",
    SOURCE: isBank ? 1 : 2,
    IDMER,
    IDTRX,
    ATR: fromHex("3B00"),
    ...asked(terms),
    SECLOAD: isBank ? SECLOAD : undefined,
    ...over,
  };
}

/** CARDRSP of a genuine card; `over` alters it on the way. */
export function cardAnswer(
  CC = "0000",
  over: Partial<{ CC: string; NTIEP: number; BALIEP: number; S3: string }> = {},
  load: SignedLoad = LOAD,
): Uint8Array {
  const BALIEP = CC === "0000" ? load.BALIEP + load.MLDA : load.BALIEP;
  return encodeCardResponse({ CC, NTIEP: load.NTIEP, BALIEP, S3: s3(4, load, CC, BALIEP), ...over });
}

export function loadResponse(CARDRSP: Uint8Array = cardAnswer(), over: { SW?: string; IDTRX?: string } = {}) {
  return {
    kind: "load-response",
    IDTRX,
    CARDRSP,
    SW: CARDRSP.length === 0 ? "0000" : "9000",
    RECOVERED: 0,
    ...over,
  } as const;
}

export function negativeResult(CARDRSP: Uint8Array, terms: CardTerms = {}, over: { SW?: string } = {}) {
  return { kind: "negative-result", IDTRX, CARDRSP, SW: "9000", ...askedZero(terms), ...over } as const;
}

export function loadRecovery(CARDRSP: Uint8Array, over: { IDMER?: string; SW?: string; LOADRSP?: Uint8Array } = {}) {
  const SW = CARDRSP.length === 0 ? "9406" : "9000";
  return { kind: "load-recovery", SOURCE: 1, IDTRX, IDMER: "BANK0001", ...asked(), CARDRSP, SW, ...over } as const;
}

export const NOTHING = new Uint8Array(0);
