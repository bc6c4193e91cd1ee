/** The suite in the place of concentrator, payment server and card: sales at the terminal, and what it says of them. */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import type { DeviceContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { ATR, cardrsp, purse } from "./purse.ts";
import { type Element, element, elementsOf, template } from "./tlv.ts";

/** Tags of messages (`messages.md` 5). */
export const F = {
  draw: 0xf1,
  debit: 0xf2,
  response: 0xf3,
  result: 0xf4,
  refusal: 0xf5,
  cancel: 0xf6,
  done: 0xf7,
  readStore: 0xf8,
  store: 0xf9,
  readTotals: 0xfa,
  totals: 0xfb,
} as const;

export const IDMER = "TERMTST1";
export const WITHDRAW = "00";
export const SUSPEND = "01";
/** Bytes of a data store record, and records of a page. */
export const RECORD_BYTES = 60;
export const PAGE = 32;

export interface Wish {
  readonly IDTRX?: string;
  readonly INITRSP?: Uint8Array;
  readonly MPDA?: number;
  /** CURRPDA 2, CEXPPDA 1, hex. */
  readonly currency?: string;
  /** "01" to "03": who compares S3. */
  readonly COMPARE?: string;
  readonly CERTS?: Uint8Array;
  readonly ATR?: string;
}

export interface Sale {
  readonly IDTRX: string;
  readonly INITRSP: Uint8Array;
  readonly MPDA: number;
  readonly DEBITDATA: Uint8Array;
  /** 32 hex digits, with COMPARE. */
  readonly EXPECTED?: string | undefined;
}

/** What READ TOTALS says, as far as sales change it. */
export interface Books {
  readonly NTPSAM: number;
  readonly suspended: number;
  /** Of (000123, euro): minor units, and how many. */
  readonly sum: number;
  readonly count: number;
}

type Ask = (message: Uint8Array) => Promise<Uint8Array>;

export class Sales {
  readonly t: DeviceContext;
  readonly IDTERM: string;
  readonly #ask: Ask;
  readonly #issued: string[] = [];
  #stem = "";
  #last = 0;

  private constructor(t: DeviceContext, IDTERM: string, ask: Ask) {
    this.t = t;
    this.IDTERM = IDTERM;
    this.#ask = ask;
  }

  /** `ask`: another way to the terminal than conforming blocks. */
  static async open(t: DeviceContext, ask?: Ask): Promise<Sales> {
    const terminal = await t.devices.terminal();
    const sales = new Sales(t, terminal.IDTERM, ask ?? ((message) => terminal.exchange(message)));
    const TOTALS = await sales.#totals();
    sales.#stem = TOTALS.slice(6, 22); // IDPSAM, NTPSAM: no sale before had the same, for each takes a number
    return sales;
  }

  /** An identifier that this security card has not seen. */
  nextIdtrx(): string {
    this.#last++;
    return `7E${this.#stem}${this.#last.toString(16).toUpperCase().padStart(4, "0")}${END}`;
  }

  async ask(message: Uint8Array): Promise<Uint8Array> {
    return await this.#ask(message);
  }

  /** The whole answer must be `wanted`, hex. */
  async says(what: string, message: Uint8Array, wanted: string, about?: About): Promise<void> {
    this.t.expect.equal(`answer to ${what}`, toHex(await this.ask(message)), wanted, about);
  }

  drawElements(wish: Wish & { readonly IDTRX: string }): readonly Element[] {
    const { INITRSP = purse(), MPDA = 1, COMPARE, CERTS } = wish;
    const { currency = toHex(INITRSP.subarray(16, 19)) } = wish;
    return [
      ...this.about(wish.IDTRX),
      element("DF20", new TextEncoder().encode(IDMER)),
      element("DF23", wish.ATR ?? ATR),
      element("DF24", INITRSP),
      element("DF13", uintToBytes(MPDA, 4)),
      element("DF14", currency.slice(0, 4)),
      element("DF15", currency.slice(4)),
      ...(COMPARE === undefined ? [] : [element("DF3E", COMPARE)]),
      ...(CERTS === undefined ? [] : [element("DF40", CERTS)]),
    ];
  }

  /** IDTERM, IDTRX. */
  about(IDTRX: string): readonly Element[] {
    return [element("DF22", this.IDTERM), element("DF21", IDTRX)];
  }

  drawMessage(wish: Wish & { readonly IDTRX: string }): Uint8Array {
    this.#issued.push(wish.IDTRX);
    return template(F.draw, this.drawElements(wish));
  }

  responseMessage(IDTRX: string, CARDRSP: Uint8Array, SW = "9000"): Uint8Array {
    return template(F.response, [...this.about(IDTRX), element("DF26", CARDRSP), element("DF27", SW)]);
  }

  cancelMessage(IDTRX: string, MODE: string): Uint8Array {
    return template(F.cancel, [...this.about(IDTRX), element("DF39", MODE)]);
  }

  readStoreMessage(INDEX: number): Uint8Array {
    return template(F.readStore, [element("DF22", this.IDTERM), element("DF3A", uintToBytes(INDEX, 2))]);
  }

  readTotalsMessage(): Uint8Array {
    return template(F.readTotals, [element("DF22", this.IDTERM)]);
  }

  /** T-draw, which must be answered with T-debit. */
  async draw(wish: Wish = {}, about?: About): Promise<Sale> {
    const { IDTRX = this.nextIdtrx(), INITRSP = purse(), MPDA = 1 } = wish;
    const answer = await this.ask(this.drawMessage({ ...wish, IDTRX }));
    return this.saleOf({ IDTRX, INITRSP, MPDA }, answer, about);
  }

  /** The sale that this T-debit is about. */
  saleOf(wish: Pick<Sale, "IDTRX" | "INITRSP" | "MPDA">, answer: Uint8Array, about?: About): Sale {
    const found = answer[0] === F.debit ? elementsOf(answer) : new Map<string, string>();
    const { expect } = this.t;
    expect.equal("IDTERM and IDTRX of T-debit", [found.get("DF22"), found.get("DF21")], [this.IDTERM, wish.IDTRX], {
      ...about,
    });
    const DEBITDATA = fromHex(found.get("DF25") ?? "");
    expect.equal("bytes of DEBITDATA", DEBITDATA.length, 53, about);
    return { ...wish, DEBITDATA, EXPECTED: found.get("DF43") };
  }

  cardrsp({ INITRSP, DEBITDATA }: Sale, CC = "0000"): Uint8Array {
    return cardrsp(this.t, INITRSP, DEBITDATA, CC);
  }

  /** T-result, hex. `CC` `0000`: with the message result of this very sale. */
  dueResult(sale: Sale, CC: string): string {
    const parts = [...this.about(sale.IDTRX), element("DF1B", CC)];
    return toHex(template(F.result, CC === "0000" ? [...parts, element("DF29", messageResult(sale))] : parts));
  }

  dueRefusal(CC: string, IDTRX?: string): string {
    const about = IDTRX === undefined ? [element("DF22", this.IDTERM)] : this.about(IDTRX);
    return toHex(template(F.refusal, [...about, element("DF1B", CC)]));
  }

  dueDone(IDTRX: string, CC: string): string {
    return toHex(template(F.done, [...this.about(IDTRX), element("DF1B", CC)]));
  }

  /** T-response with the right S3 of a card that was debited: confirmed. */
  async confirm(sale: Sale, about?: About): Promise<void> {
    const message = this.responseMessage(sale.IDTRX, this.cardrsp(sale));
    await this.says("T-response with the right S3", message, this.dueResult(sale, "0000"), about);
  }

  async cancel(IDTRX: string, MODE: string, CC = "0000", about?: About): Promise<void> {
    await this.says(`T-cancel ${MODE}`, this.cancelMessage(IDTRX, MODE), this.dueDone(IDTRX, CC), about);
  }

  async books(): Promise<Books> {
    const TOTALS = await this.#totals();
    const lines = TOTALS.slice(32).match(/.{32}/g) ?? [];
    const line = lines.find((each) => each.startsWith("000123097802"));
    return {
      NTPSAM: Number.parseInt(TOTALS.slice(14, 22), 16),
      suspended: Number.parseInt(TOTALS.slice(30, 32), 16),
      sum: Number.parseInt(line?.slice(12, 24) ?? "0", 16),
      count: Number.parseInt(line?.slice(24) ?? "0", 16),
    };
  }

  /** What has become of the books since `before`. */
  async expectBooks(before: Books, change: Partial<Books>, about?: About): Promise<void> {
    const wanted = Object.fromEntries(BOOK_NAMES.map((name) => [name, before[name] + (change[name] ?? 0)]));
    this.t.expect.equal("totals of the security card", await this.books(), wanted as unknown as Books, about);
  }

  /** All records, oldest first, hex, read in pages; their number as the terminal says it. */
  async records(from = 0): Promise<{ readonly kept: number; readonly records: readonly string[] }> {
    const records: string[] = [];
    for (;;) {
      const page = await this.page(from + records.length);
      records.push(...page.records);
      if (page.records.length === 0 || from + records.length >= page.kept) return { kept: page.kept, records };
    }
  }

  async page(INDEX: number): Promise<{ readonly kept: number; readonly records: readonly string[] }> {
    const answer = await this.ask(this.readStoreMessage(INDEX));
    const found = elementsOf(answer);
    this.t.expect.equal("T-store", [answer[0], found.get("DF22")], [F.store, this.IDTERM]);
    const STORE = found.get("DF3B") ?? "";
    this.t.expect.equal("bytes beyond whole records", (STORE.length / 2) % RECORD_BYTES, 0);
    return { kept: Number.parseInt(found.get("DF3A") ?? "", 16), records: STORE.match(/.{120}/g) ?? [] };
  }

  /** What it has drawn is withdrawn, as far as it is still there. */
  async tidy(): Promise<void> {
    for (const IDTRX of this.#issued.slice(-TIDIED)) await this.ask(this.cancelMessage(IDTRX, WITHDRAW));
  }

  async #totals(): Promise<string> {
    const answer = await this.ask(this.readTotalsMessage());
    const found = elementsOf(answer);
    this.t.expect.equal("T-totals", [answer[0], found.get("DF22")], [F.totals, this.IDTERM]);
    return found.get("DF3C") ?? "";
  }
}

/** Last bytes of this suite's identifiers. */
const END = "0000000000";
const TIDIED = 40;
const BOOK_NAMES = ["NTPSAM", "suspended", "sum", "count"] as const;

/** MSGRESULT, 39 bytes (`psam-edge.md` 4.4). */
function messageResult({ IDTRX, INITRSP, DEBITDATA }: Sale): Uint8Array {
  const card = concat(INITRSP.subarray(0, 8), INITRSP.subarray(20, 22));
  return concat(fromHex(IDTRX), fromHex("0000"), DEBITDATA.subarray(7, 11), card, DEBITDATA.subarray(11, 18));
}

/** A data store record without COUNT, 112 hex digits (`messages.md` 5). */
export function dueRecord({ IDTRX, INITRSP, DEBITDATA }: Sale, CC: string): string {
  const card = toHex(INITRSP.subarray(0, 8));
  const numbers = toHex(INITRSP.subarray(20, 22)) + toHex(DEBITDATA.subarray(7, 11));
  const merchant = toHex(new TextEncoder().encode(IDMER));
  return `${IDTRX}${card}${toHex(DEBITDATA.subarray(11, 18))}${CC}${numbers}${merchant}${toHex(DEBITDATA.subarray(18, 25))}0000`;
}
