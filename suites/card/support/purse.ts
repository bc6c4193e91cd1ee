/**
 * A purse of the suite's own beside the one in the card: it says what is due for every transaction and reading, to the byte, and
 * follows. Nothing here asks the card what is right.
 */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import type { CardKind } from "../../../harness/flows/system.ts";
import type { DeviceContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { apduOf, FILES } from "./commands.ts";
import { type CardFacts, type CardKeys, keysOf, PUBLIC_KEY, readFacts, secretsOf } from "./facts.ts";
import { IDPSAM, newPsam, type OwnPsam, sessionKeyFor } from "./psam.ts";
import {
  dueS1,
  type LoadSession,
  loadAnswer,
  loadSession,
  type PurchaseSession,
  purchaseAnswer,
  purchaseSession,
  signedDebit,
  signedLoad,
} from "./signatures.ts";
import { type Answer, expectData, expectStatus, select, shown, type Talk, talkTo } from "./talk.ts";

/** What is debited; currency and exponent are the card's own when absent. Amounts in minor units, the rest hex digits. */
export interface DebitOrder {
  readonly PPPSAM?: string;
  readonly IDPSAM?: string;
  readonly NTPSAM?: number;
  readonly MPDA?: number;
  readonly CURRPDA?: string;
  readonly CEXPPDA?: number;
  readonly DTHR?: string;
  readonly LOC?: string;
  readonly IDTRX?: string;
}

export interface LoadOrder {
  readonly MLDA?: number;
  readonly CURRLDA?: string;
  readonly CEXPLDA?: number;
  readonly IDACQ?: string;
  readonly DTHR?: string;
  readonly IDTRX?: string;
}

/** Kinds of transactions by P1 of GET PREVIOUS IEP SIGNATURE. */
export type Kind = "purchase" | "load";

interface Kept {
  readonly kind: Kind;
  readonly NTIEP: number;
  readonly CARDRSP: Uint8Array;
}

/** The card under test, or one of that kind, selected and read. */
export async function openPurse(t: DeviceContext, kind?: CardKind): Promise<Purse> {
  const talk = await talkTo(t, kind);
  return await purseIn(talk);
}

/** The purse in a card that is powered. */
export async function purseIn(talk: Talk): Promise<Purse> {
  const { BALIEP, NTIEP, ...facts } = await readFacts(talk);
  talk.guard(secretsOf(talk.t, facts));
  const purse = new Purse(talk, facts, keysOf(talk.t, facts));
  purse.BALIEP = BALIEP;
  purse.NTIEP = NTIEP;
  purse.log = await readLog(talk);
  if (purse.isPublicKey) purse.cardModulus = await modulusOf(talk);
  return purse;
}

export class Purse {
  readonly talk: Talk;
  readonly facts: CardFacts;
  readonly keys: CardKeys;
  /** What the card must hold now; the log newest first, 31 bytes each. */
  BALIEP = 0;
  NTIEP = 0;
  log: readonly Uint8Array[] = [];
  /** Undefined: not known, because nothing was completed since the card was read. */
  kept: Kept | undefined;
  /** Of a public key card. */
  cardModulus: Uint8Array | undefined;
  #psam: OwnPsam | undefined;

  constructor(talk: Talk, facts: CardFacts, keys: CardKeys) {
    this.talk = talk;
    this.facts = facts;
    this.keys = keys;
  }

  get isPublicKey(): boolean {
    return this.facts.ALGIEP === PUBLIC_KEY;
  }

  /** The security card that purchases of a public key card are made with. */
  get psam(): OwnPsam {
    this.#psam ??= newPsam(this.talk.t, this.facts);
    return this.#psam;
  }

  /** INITIALIZE IEP for purchase alone; the answer is judged, R apart. */
  async initialise(about?: About): Promise<Uint8Array> {
    const INITRSP = await expectData(this.talk, "INITIALIZE IEP", "905001001B", 27, about);
    const { expect } = this.talk.t;
    expect.equal("INITRSP before R", toHex(INITRSP.subarray(0, 23)), toHex(this.#dueInitialised()), about);
    return INITRSP;
  }

  /** INITIALIZE IEP, and with a public key card certificate and session key: ready for DEBIT IEP. */
  async openPurchase(about?: About): Promise<PurchaseSession> {
    return await this.prepared(await this.initialise(about), about);
  }

  /** What is between INITIALIZE IEP and DEBIT IEP. */
  async prepared(INITRSP: Uint8Array, about?: About): Promise<PurchaseSession> {
    if (this.keys.KDP !== undefined) return purchaseSession(this.keys.KDP, INITRSP);
    const { SESSKEY, SK } = sessionKeyFor(this.psam, this.cardModulus ?? new Uint8Array(112), INITRSP);
    await expectStatus(this.talk, "PRESENT CERTIFICATE", presentCertificate(this.psam.certificate), "9000", about);
    await expectStatus(this.talk, "PRESENT SESSION KEY", presentSessionKey(SESSKEY), "9000", about);
    return purchaseSession(SK, INITRSP);
  }

  /** INITIALIZE IEP for load; answer and S1 are judged. */
  async openLoad(order: LoadOrder = {}, about?: About): Promise<LoadSession> {
    const LOADINIT = this.loadInit(order);
    const command = initializeLoad(LOADINIT);
    const LOADRSP = await expectData(this.talk, "INITIALIZE IEP for load", command, 35, about);
    const session = loadSession(this.keys.KDL, LOADINIT, LOADRSP.slice(0, 27), LOADRSP.slice(27));
    const due = concat(this.#dueInitialised(), LOADRSP.subarray(23, 27), dueS1(session));
    this.talk.t.expect.equal("LOADRSP", toHex(LOADRSP), toHex(due), about);
    return session;
  }

  /** The first 45 bytes of DEBITDATA. One minor unit when nothing else is said. */
  debitBytes(order: DebitOrder = {}): Uint8Array {
    const { PPPSAM = this.facts.PPIEP, IDPSAM: psam = IDPSAM, NTPSAM = 7, MPDA = 1 } = order;
    const { CURRPDA = this.facts.CURRIEP, CEXPPDA = this.facts.CEXPIEP } = order;
    const { DTHR = "20260115123059", LOC = "00490089", IDTRX = "000102030405060708090A0B0C0D0E0F" } = order;
    const amount = concat(uintToBytes(NTPSAM, 4), uintToBytes(MPDA, 4));
    return concat(
      fromHex(PPPSAM + psam),
      amount,
      fromHex(CURRPDA),
      Uint8Array.of(CEXPPDA),
      fromHex(DTHR + LOC + IDTRX),
    );
  }

  /** LOADINIT, 34 bytes. One minor unit when nothing else is said. */
  loadInit(order: LoadOrder = {}): Uint8Array {
    const { MLDA = 1, CURRLDA = this.facts.CURRIEP, CEXPLDA = this.facts.CEXPIEP } = order;
    const { IDACQ = "00031415", DTHR = "20260115123100", IDTRX = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF" } = order;
    return concat(uintToBytes(MLDA, 4), fromHex(CURRLDA), Uint8Array.of(CEXPLDA), fromHex(IDACQ + DTHR + IDTRX));
  }

  /** A whole purchase, from INITIALIZE IEP on: the answer is what is due, whatever that is. Gives CARDRSP. */
  async purchase(order: DebitOrder = {}, about?: About): Promise<Uint8Array> {
    const session = await this.openPurchase(about);
    return await this.debit(session, this.debitBytes(order), about);
  }

  /** DEBIT IEP with a right S2. */
  async debit(session: PurchaseSession, DEBIT: Uint8Array, about?: About): Promise<Uint8Array> {
    const answer = await this.talk.ask(debitIep(signedDebit(session, DEBIT)));
    return this.expectDebited(session, DEBIT, answer, about);
  }

  /** The answer is what is due, and the purse follows. */
  expectDebited(session: PurchaseSession, DEBIT: Uint8Array, answer: Answer, about?: About): Uint8Array {
    const due = this.dueDebit(session, DEBIT);
    this.talk.t.expect.equal("answer to DEBIT IEP", shown(answer), shown({ data: due, SW: "9000" }), about);
    this.debited(DEBIT, due);
    return due;
  }

  /** CARDRSP that is due for that command. */
  dueDebit(session: PurchaseSession, DEBIT: Uint8Array): Uint8Array {
    const MPDA = bytesToUint(DEBIT.subarray(11, 15));
    const CC = this.#debitCode(DEBIT, MPDA);
    return purchaseAnswer(session, DEBIT, { CC, BALIEP: CC === "0000" ? this.BALIEP - MPDA : this.BALIEP });
  }

  /** The purse follows that answer. */
  debited(DEBIT: Uint8Array, CARDRSP: Uint8Array): void {
    const tail = [DEBIT.subarray(3, 7), DEBIT.subarray(7, 11), DEBIT.subarray(18, 25)];
    this.#completed("purchase", 1, DEBIT.subarray(11, 18), tail, CARDRSP);
  }

  /** A whole load, from INITIALIZE IEP on. Gives CARDRSP. */
  async load(order: LoadOrder = {}, about?: About): Promise<Uint8Array> {
    return await this.credit(await this.openLoad(order, about), about);
  }

  /** CREDIT IEP with a right S2. */
  async credit(session: LoadSession, about?: About): Promise<Uint8Array> {
    const answer = await this.talk.ask(creditIep(signedLoad(session)));
    const due = this.dueCredit(session);
    this.talk.t.expect.equal("answer to CREDIT IEP", shown(answer), shown({ data: due, SW: "9000" }), about);
    this.credited(session.LOADINIT, due);
    return due;
  }

  dueCredit(session: LoadSession): Uint8Array {
    const MLDA = bytesToUint(session.LOADINIT.subarray(0, 4));
    const CC = this.#creditCode(session.LOADINIT, MLDA);
    return loadAnswer(session, { CC, BALIEP: CC === "0000" ? this.BALIEP + MLDA : this.BALIEP });
  }

  credited(LOADINIT: Uint8Array, CARDRSP: Uint8Array): void {
    const tail = [LOADINIT.subarray(7, 11), new Uint8Array(4), LOADINIT.subarray(11, 18)];
    this.#completed("load", 2, LOADINIT.subarray(0, 7), tail, CARDRSP);
  }

  /** GET BALANCE, the log and GET PREVIOUS IEP SIGNATURE say what this purse says; the session stays as it is. */
  async expectSame(about?: About): Promise<void> {
    const { t } = this.talk;
    t.expect.equal(
      "answer to GET BALANCE",
      shown(await this.talk.ask("905C00000D")),
      `${toHex(this.dueBalance())} 9000`,
      about,
    );
    const log = await readLog(this.talk);
    const least = Math.min(10, this.log.length);
    t.expect.that(log.length >= least, `the log holds ${least} records`, { ...about, actual: log.length });
    t.expect.equal("log, newest first", log.map(toHex), this.log.slice(0, log.length).map(toHex), about);
    if (this.kept) await this.expectKept(about);
  }

  /** The last CARDRSP is still there, and only under its own kind and number. */
  async expectKept(about?: About): Promise<void> {
    const { kind, NTIEP, CARDRSP } = this.talk.t.expect.present("a transaction of this case", this.kept, {
      owner: "bench",
    });
    const said = shown(await this.talk.ask(getPrevious(kind, NTIEP)));
    this.talk.t.expect.equal("answer to GET PREVIOUS IEP SIGNATURE", said, `${toHex(CARDRSP)} 9000`, about);
  }

  /** The 13 bytes of GET BALANCE. */
  dueBalance(): Uint8Array {
    const { BALmaxIEP, CURRIEP, CEXPIEP } = this.facts;
    return concat(
      uintToBytes(this.BALIEP, 4),
      uintToBytes(BALmaxIEP, 4),
      fromHex(CURRIEP),
      Uint8Array.of(CEXPIEP),
      uintToBytes(this.NTIEP, 2),
    );
  }

  async select(about?: About): Promise<void> {
    await select(this.talk, about);
  }

  /** Reset and SELECT. */
  async restart(kind: "warm" | "cold" = "warm"): Promise<void> {
    await this.talk.card.reset(kind);
    await this.select();
  }

  #dueInitialised(): Uint8Array {
    const { PPIEP, IDIEP, ALGIEP, DEXPIEP, CURRIEP, CEXPIEP, VKIEP } = this.facts;
    return concat(
      fromHex(PPIEP + IDIEP),
      Uint8Array.of(ALGIEP),
      fromHex(DEXPIEP),
      uintToBytes(this.BALIEP, 4),
      fromHex(CURRIEP),
      Uint8Array.of(CEXPIEP, this.isPublicKey ? 2 : 1),
      uintToBytes(this.NTIEP, 2),
      Uint8Array.of(VKIEP),
    );
  }

  #debitCode(DEBIT: Uint8Array, MPDA: number): string {
    if (this.#isForeign(DEBIT.subarray(15, 18))) return "9409";
    if (MPDA === 0) return "940A";
    return MPDA > this.BALIEP ? "9401" : "0000";
  }

  #creditCode(LOADINIT: Uint8Array, MLDA: number): string {
    if (this.#isForeign(LOADINIT.subarray(4, 7))) return "9409";
    if (MLDA === 0) return "940A";
    return this.BALIEP + MLDA > this.facts.BALmaxIEP ? "940B" : "0000";
  }

  /** Of currency and exponent, 3 bytes. */
  #isForeign(unit: Uint8Array): boolean {
    return toHex(unit) !== this.facts.CURRIEP + toHex(Uint8Array.of(this.facts.CEXPIEP));
  }

  /** `amount`: amount, currency, exponent, 7 bytes. */
  #completed(kind: Kind, TI: number, amount: Uint8Array, tail: readonly Uint8Array[], CARDRSP: Uint8Array): void {
    this.kept = { kind, NTIEP: this.NTIEP, CARDRSP };
    if (toHex(CARDRSP.subarray(0, 2)) !== "0000") return;
    const head = concat(Uint8Array.of(TI), uintToBytes(this.NTIEP, 2), Uint8Array.of(0, 0));
    const record = concat(head, amount, CARDRSP.subarray(4, 8), ...tail);
    this.BALIEP = bytesToUint(CARDRSP.subarray(4, 8));
    this.NTIEP += 1;
    this.log = [record, ...this.log];
  }
}

export const debitIep = (DEBITDATA: Uint8Array) => apduOf([0x90, 0x54, 0x01, 0x00], DEBITDATA, 0x10);
export const creditIep = (LOADDATA: Uint8Array) => apduOf([0x90, 0x52, 0x00, 0x00], LOADDATA, 0x10);
export const initializeLoad = (LOADINIT: Uint8Array) => apduOf([0x90, 0x50, 0x00, 0x00], LOADINIT, 0x23);
export const presentCertificate = (certificate: Uint8Array) => apduOf([0x90, 0x58, 0x00, 0x00], certificate);
export const presentSessionKey = (SESSKEY: Uint8Array) => apduOf([0x90, 0x58, 0x01, 0x00], SESSKEY);

export function getPrevious(kind: Kind, NTIEP: number): Uint8Array {
  return apduOf([0x90, 0x5a, kind === "load" ? 0x00 : 0x01, 0x00], uintToBytes(NTIEP, 2), 0x10);
}

/** Every record of the log, newest first, 31 bytes each. */
export async function readLog(talk: Talk): Promise<readonly Uint8Array[]> {
  const records: Uint8Array[] = [];
  for (let number = 1; number < 255; number++) {
    const answer = await talk.ask(apduOf([0x00, 0xb2, number, FILES.log], undefined, 256));
    if (answer.SW === "6A83" && answer.data.length === 0) break;
    talk.t.expect.equal(`record ${number} of the log`, `${answer.data.length} bytes ${answer.SW}`, "31 bytes 9000");
    records.push(answer.data);
  }
  return records;
}

async function modulusOf(talk: Talk): Promise<Uint8Array> {
  const certificate = await expectData(talk, "READ RECORD of the card's certificate", "00B2021400", 244);
  return certificate.slice(20, 132);
}
