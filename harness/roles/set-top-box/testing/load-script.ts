/** A card that can be loaded, without cryptography, and the head end's part of a load (load.md 2). */
import { concat, fromHex, toHex } from "../../../core/bytes.ts";
import { openMessage } from "../../../crypto/sealed-message.ts";
import type { LoadResponse, Message } from "../../../protocol/messages/layouts.ts";
import { encodeLoadData } from "../../../protocol/messages/load-data.ts";
import { encodeLoadInit, type LoadInit } from "../../../protocol/messages/load-init.ts";
import { parseMessage } from "../../../protocol/messages/message.ts";
import { type Far, hex, type Script, ScriptCard } from "../test-bench.ts";

export const LOAD_IDTRX = "99887766554433221100FFEEDDCCBBAA";
export const TSK = fromHex("5353AB53535353535353535353535353");
export const LOAD_PAGE = {
  kind: "load-page",
  SOURCE: 1,
  IDMER: "BNK00001",
  IDTRX: LOAD_IDTRX,
  MLDAmax: 30_000,
  CURRLDA: "0978",
  CEXPLDA: 2,
  IDACQ: "00000042",
  DTHR: "20310506070809",
  HOST: "load.test",
  PORT: 7336,
  URL: "https://bank.test/status",
  SECINFO: fromHex("0102030405060708"),
  RELEASE: "1.0",
  ENCRYPTION: "AES-128-GCM",
  TEXT: "Current account",
  RND: "A1A2A3A4A5A6A7A8",
  TSK,
  ETSK: new Uint8Array(44).fill(0xe7),
} as const;

const REQUEST: LoadInit = {
  MLDA: 2_500,
  CURRLDA: "0978",
  CEXPLDA: 2,
  IDACQ: "00000042",
  DTHR: "20310506070809",
  IDTRX: LOAD_IDTRX,
};

/** LOADINIT of the bench's load, with a change. */
export function loadInit(change: Partial<LoadInit> = {}): Uint8Array {
  return encodeLoadInit({ ...REQUEST, ...change });
}

/** LOADDATA of the bench's load, with a change. */
export function loadData(change: Partial<Pick<LoadInit, "MLDA" | "CURRLDA" | "CEXPLDA">> = {}): Uint8Array {
  const { MLDA, CURRLDA, CEXPLDA } = { ...REQUEST, ...change };
  return encodeLoadData({ MLDA, CURRLDA, CEXPLDA, S2: "5252525252525252" });
}

export const A2 = { kind: "card-information-request", SOURCE: 1 } as const;
export const A6 = { kind: "initialise-load", IDTRX: LOAD_IDTRX, LOADINIT: loadInit() } as const;
export const ZERO = { ...A6, LOADINIT: loadInit({ MLDA: 0, DTHR: "20310506070811" }) } as const;
export const A9 = { kind: "load-command", IDTRX: LOAD_IDTRX, LOADDATA: loadData() } as const;
export const LOADED = { kind: "result", IDTRX: LOAD_IDTRX, CC: "0000", CONTENT: "booked" } as const;

export function ended(CC: string): Message {
  return { kind: "user-message", IDTRX: LOAD_IDTRX, CC, TEXT: "It is over." };
}

/** The user who wants 25.00. */
export const ORDER_25 = { SITE: "bank", ACCOUNT: "DE-42", enter: () => 2_500 };

/** Maximum balance of the card, minor units. */
const BALMAX = 50_000;

/** The purse of the bench that can be loaded too (card-edge.md 5.2a, 5.2b, 5.4 to 5.6). */
export class LoadCard extends ScriptCard {
  /** What it was initialised for, 34 bytes, until CREDIT IEP. */
  initialised: Uint8Array | undefined;
  /** Records of the log, hex, newest first. */
  readonly log: string[] = [];
  #previousKind = 1;

  protected override answer(command: Uint8Array): Uint8Array {
    const [, INS, P1, P2] = command;
    if (INS === 0x50 && P1 === 0) return this.#initialise(command);
    if (INS === 0x52) return this.#credit(command);
    if (INS === 0x54) this.#previousKind = 1;
    if (INS === 0x5a && P1 !== this.#previousKind) return fromHex("9406");
    if (INS === 0x5c) return fromHex(`${hex(this.balance, 4)} ${hex(BALMAX, 4)} 0978 02 ${hex(this.NTIEP, 2)} 9000`);
    if (INS === 0xb2 && P2 === 0x0c) return fromHex(`123456 ${this.IDIEP} 0000000000000001 391231 05 01 9000`);
    if (INS === 0xb2) return this.#record(P1 ?? 0);
    return super.answer(command);
  }

  #initialise(command: Uint8Array): Uint8Array {
    this.initialised = command.slice(5, 39);
    const INITRSP = super.answer(fromHex("90500100 1B")).slice(0, 27);
    return concat(INITRSP, fromHex("1111111111111111 9000"));
  }

  #credit(command: Uint8Array): Uint8Array {
    const request = this.initialised;
    this.initialised = undefined;
    if (!request) return fromHex("6985");
    if (toHex(request.subarray(0, 7)) !== toHex(command.subarray(5, 12))) return fromHex("9302");
    const MLDA = Number.parseInt(toHex(request.subarray(0, 4)), 16);
    const CC = this.balance + MLDA > BALMAX ? "940B" : "0000";
    const NTIEP = hex(this.NTIEP, 2);
    if (CC === "0000") {
      this.balance += MLDA;
      this.NTIEP++;
    }
    this.#previousKind = 0;
    this.previous = fromHex(`${CC} ${NTIEP} ${hex(this.balance, 4)} BBBBBBBBBBBBBBBB`);
    return concat(this.previous, fromHex("9000"));
  }

  #record(number: number): Uint8Array {
    const record = this.log[number - 1];
    return fromHex(record === undefined ? "6A83" : `${record} 9000`);
  }
}

/** The load response that a sealed message holds. */
export function openResponse(message: Message | undefined): LoadResponse | undefined {
  if (message?.kind !== "sealed") return undefined;
  const inner = openMessage("AES-128-GCM", TSK, message.IDTRX, message.SEALED, [0xaa]);
  const opened = inner && parseMessage(inner);
  return opened?.kind === "load-response" ? opened : undefined;
}

/** The head end up to and with the load page. */
export async function upToPage(far: Far, change: object = {}): Promise<void> {
  await far.hear();
  await far.say(A2);
  await far.hear();
  await far.say({ ...LOAD_PAGE, ...change });
  await far.hear();
}

/** The head end up to and with the load response, then `rest`. */
export function upToResponse(rest: Script): Script {
  return async (far) => {
    await upToPage(far);
    await far.say(A6);
    await far.hear();
    await far.say(A9);
    await far.hear();
    await rest(far);
  };
}

/** A head end that does everything right. */
export const honestBank: Script = upToResponse(async (far) => await far.say(LOADED));
