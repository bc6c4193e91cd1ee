/** A head end between a scripted set-top box, account holder and load server, for the tests of loading. */
import { fromHex } from "../../core/bytes.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage, sealMessage } from "../../crypto/sealed-message.ts";
import { LAYOUTS, type LoadPage, type Message, type MessageKind } from "../../protocol/messages/layouts.ts";
import { loadPageObject } from "../../protocol/messages/load-page.ts";
import {
  cardInformationObject,
  loadAuthorisationObject,
  loadRefusalObject,
} from "../../protocol/messages/load-page-objects.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { LoadSites } from "./load-sites.ts";
import { answer, type Merchant, type Parties, type Party, type Reply, type Run, session } from "./test-bench.ts";

export const IDTRX = "00112233445566778899AABBCCDDEEFF";
export const HOLDER = "BNK00001";
export const BANK = "https://bank.test:8460";
export const FUND = "https://fund.test:8470";
export const STATUS = `${BANK}/status?n=1`;
export const TSK = fromHex("5353AB53535353535353535353535353");
export const RND = "A1A2A3A4A5A6A7A8";
export const ETSK = { "AES-128-GCM": new Uint8Array(44).fill(0xe7), "3DES-CBC-MAC": new Uint8Array(40).fill(0xe7) };
export const SECLOAD = fromHex("5EC10AD05EC10AD0");
export const CONF = new Uint8Array(79).fill(0xc0);
export const AES = "AES-128-GCM";

export const SITES: LoadSites = {
  bank: { kind: "bank", origin: BANK },
  fund: { kind: "load", origin: FUND },
  direct: { kind: "load-direct", HOST: "site.test", PORT: 7300 },
};

/** Card 0000000042 of provider 123456, 12.50 EUR, NTIEP 7. */
const CARD = "123456 0000000042";
const INITRSP = `${CARD} 05 310506 000004E2 0978 02 01 0007 01 CAFEBABE`;
export const LOADRSP = fromHex(`${INITRSP} 1111111111111111`);
/** The same card later: another challenge, another first signature. */
export const LOADRSP_AGAIN = fromHex(`${INITRSP.replace("CAFEBABE", "0BADF00D")} 2222222222222222`);
export const OTHER_CARD = fromHex(`123456 0000000043 05 310506 000004E2 0978 02 01 0007 01 CAFEBABE 1111111111111111`);

export const A1 = { kind: "load-selection", SESSION: "0123456789ABCDEF", SITE: "bank", ACCOUNT: "DE-100 200" } as const;
export const A2 = { kind: "card-information-request", SOURCE: 1 } as const;
export const A3 = {
  kind: "balance",
  ATR: fromHex("3B00"),
  BALANCE: fromHex("000004E2 00004E20 0978 02 0007"),
  CARDINFO: fromHex(`${CARD} 0102030405060708 310506 05 01`),
} as const;
export const A5 = { kind: "load-amount", IDTRX, MLDA: 1000 } as const;
/** 10.00 EUR, load server 00000042, time and IDTRX of the page. */
export const LOADINIT = fromHex(`000003E8 0978 02 00000042 20310506225800 ${IDTRX}`);
/** The same for nothing, at the head end's own time. */
export const ZERO = fromHex(`00000000 0978 02 00000042 20310506230000 ${IDTRX}`);
/** As the load server challenges: for nothing, under a random IDTRX. */
export const CHALLENGE = fromHex(`00000000 0978 02 00000042 20310506225959 ${"AB".repeat(16)}`);
export const A6 = { kind: "initialise-load", IDTRX, LOADINIT } as const;
export const A7 = { kind: "load-card-information", IDTRX, ATR: fromHex("3B00"), LOADRSP } as const;
export const A7_AGAIN = { ...A7, LOADRSP: LOADRSP_AGAIN } as const;
export const A9 = { kind: "load-command", IDTRX, LOADDATA: fromHex("000003E8 0978 02 B2B2B2B2B2B2B2B2") } as const;
export const AA = {
  kind: "load-response",
  IDTRX,
  CARDRSP: fromHex("0000 0007 000008CA AAAAAAAAAAAAAAAA"),
  SW: "9000",
  RECOVERED: 0,
} as const;
/** 940B: the card cannot hold that much. */
export const NEGATIVE = { ...AA, CARDRSP: fromHex("940B 0007 000004E2 AAAAAAAAAAAAAAAA") } as const;
export const SILENT = { ...AA, CARDRSP: new Uint8Array(0), SW: "0000" } as const;
export const AC = { kind: "load-result", IDTRX, CC: "0000" } as const;
export const AF = { kind: "load-challenge", IDTRX, LOADINIT: CHALLENGE } as const;

/** The page of a bank: up to 50.00 EUR. */
export function pageOf(suite: CipherSuite = AES, over: Partial<LoadPage> = {}): LoadPage {
  return {
    kind: "load-page",
    SOURCE: 1,
    IDMER: HOLDER,
    IDTRX,
    MLDAmax: 5000,
    CURRLDA: "0978",
    CEXPLDA: 2,
    IDACQ: "00000042",
    DTHR: "20310506225800",
    HOST: "load.test",
    PORT: 7236,
    URL: STATUS,
    SECINFO: fromHex("0102030405060708"),
    RELEASE: "1.0",
    ENCRYPTION: suite,
    TEXT: "Your account",
    RND,
    TSK,
    ETSK: ETSK[suite],
    ...over,
  };
}

/** As `pageOf`, of a pre-funded account, which tells nobody. */
export function fundPage(over: Partial<LoadPage> = {}): LoadPage {
  const { URL: _, ...page } = pageOf();
  return { ...page, SOURCE: 2, IDMER: "FND00001", ...over };
}

/** Sealed by another party than the head end: the nonce says so. */
export function seal(message: Message, suite: CipherSuite = AES, key = TSK, IDTRX_ = IDTRX) {
  const nonce = new Uint8Array(nonceLength(suite)).fill(0x77);
  return {
    kind: "sealed",
    IDTRX: IDTRX_,
    SEALED: sealMessage(suite, key, IDTRX_, nonce, encodeMessage(message)),
  } as const;
}

/** EF. */
export function resultOf(CC = "0000", suite: CipherSuite = AES) {
  return { kind: "sealed-results", IDTRX, SEALED: seal({ ...AC, CC }, suite).SEALED, CONF } as const;
}

const TO_LOAD_SERVER: readonly MessageKind[] = [
  "load-request",
  "load-response",
  "negative-result",
  "challenge-response",
  "load-recovery",
];

/** What the load server finds in a sealed message; other messages as they are. */
export function inside(message: Message | undefined, suite: CipherSuite = AES): Message | undefined {
  if (message?.kind !== "sealed" && message?.kind !== "sealed-opening") return message;
  const tags = TO_LOAD_SERVER.map((kind) => LAYOUTS[kind].tag);
  const bytes = openMessage(suite, TSK, message.IDTRX, message.SEALED, tags);
  const inner = bytes && parseMessage(bytes);
  return inner && inner.kind !== "unrecognised" ? inner : undefined;
}

type Script = Partial<Record<MessageKind, Reply | ((turn: number, heard: Message) => Reply)>>;

/** Answers by kind of message; `turn` counts the messages of that kind. */
export function scripted(script: Script, open: (message: Message) => Message | undefined = (each) => each): Party {
  const turns = new Map<MessageKind, number>();
  return (message) => {
    const heard = open(message);
    if (!heard) return undefined;
    const turn = turns.get(heard.kind) ?? 0;
    turns.set(heard.kind, turn + 1);
    const reply = script[heard.kind];
    return typeof reply === "function" ? reply(turn, heard) : reply;
  };
}

export function boxOf(script: Script = {}, suite: CipherSuite = AES): Party {
  return scripted({
    "card-information-request": A3,
    "load-page": A5,
    "initialise-load": (turn) => (turn === 0 ? A7 : A7_AGAIN),
    "load-command": seal(AA, suite),
    ...script,
  });
}

export function serverOf(script: Script = {}, suite: CipherSuite = AES): Party {
  const all = { "load-request": seal(A9, suite), "load-response": resultOf("0000", suite), ...script };
  return scripted(all, (message) => inside(message, suite));
}

/** The load server of the direct path, in clear until the load request. */
export function directServerOf(page: LoadPage = fundPage(), script: Script = {}): Party {
  return serverOf({
    "load-selection": { kind: "card-information-request", SOURCE: 2 },
    balance: page,
    "load-amount": { kind: "load-authorisation", IDTRX, SECLOAD: new Uint8Array(0) },
    ...script,
  });
}

export const AMOUNT_PATH = "/load/amount";

/** Answers of an account holder by path; `page` and the rest as given. */
export function holderOf(
  page: LoadPage = pageOf(),
  over: Readonly<Record<string, ReturnType<Merchant>>> = {},
  amountUrl = `${page.SOURCE === 1 ? BANK : FUND}${AMOUNT_PATH}`,
): Merchant {
  const source = page.SOURCE === 1 ? "bank" : "pre-funded";
  const answers: Readonly<Record<string, ReturnType<Merchant>>> = {
    "/load": answer(200, cardInformationObject(source)),
    "/load/card": answer(200, loadPageObject({ page, amountUrl })),
    [AMOUNT_PATH]: answer(200, loadAuthorisationObject(SECLOAD)),
    "/status?n=1": answer(200, "booked"),
    ...over,
  };
  return ({ path }) => answers[path] ?? answer(404);
}

export function refusalOf(CC: string) {
  return answer(402, loadRefusalObject(CC));
}

/** A load from the bank unless told otherwise. */
export function load(parties: Parties = {}): Promise<Run> {
  const good = { first: A1, box: boxOf(), payment: serverOf(), merchant: holderOf() };
  return session({ ...good, ...parties, options: { loadSites: SITES, ...parties.options } });
}

export function recoveryOf(over: Readonly<Record<string, unknown>> = {}) {
  const { SOURCE, IDMER, HOST, PORT, ENCRYPTION } = pageOf();
  const layer = { ENCRYPTION, RND, TSK, ETSK: ETSK[AES] };
  const known = { kind: "load-recovery", SOURCE, IDTRX, IDMER, HOST, PORT, URL: STATUS, ...layer } as const;
  return { ...known, LOADINIT, LOADRSP, CARDRSP: AA.CARDRSP, SW: "9000", ...over };
}

export function kinds(messages: readonly (Message | undefined)[]): readonly (string | undefined)[] {
  return messages.map((message) => message?.kind);
}

/** What the load server heard, opened. */
export function heardBy(run: Run, suite: CipherSuite = AES): readonly (Message | undefined)[] {
  return run.payment.map((message) => inside(message, suite));
}
