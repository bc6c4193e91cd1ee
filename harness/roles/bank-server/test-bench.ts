import { type Ledger, ledgerIn, world } from "../../accounts/ledger.ts";
import { customerAccount } from "../../accounts/names.ts";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { type LoadConfirmation, sealLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { deriveTransactionKey } from "../../crypto/transaction-keys.ts";
import type { MessageChannel } from "../../device/contracts.ts";
import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { encodeBalance } from "../../protocol/messages/get-balance.ts";
import type { SealedOpening } from "../../protocol/messages/layouts.ts";
import { type LoadOffer, parseLoadPage } from "../../protocol/messages/load-page.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { encodeCardInformation } from "../../protocol/messages/read-record.ts";
import { memoryStores } from "../../sql/open-store.ts";
import type { AccountHolder } from "../account-holder/contract.ts";
import type { HeldLoads } from "../account-holder/held-load.ts";
import { HOLDER_BOOKS } from "../account-holder/open-books.ts";
import { heldLoadsIn } from "../account-holder/sql-held-loads.ts";
import type { HolderSchema } from "../account-holder/tables.ts";
import { type BankServer, serveBank } from "./serve.ts";

export const EUR = { CURR: "0978", CEXP: 2 };
export const SESSION = "0123456789ABCDEF";
export const START = "20310506070809";

export const BANK: AccountHolder = {
  IDMER: "BNK00001",
  source: "bank",
  suite: "AES-128-GCM",
  KMER: fromHex("000102030405060708090A0B0C0D0E0F"),
  KSH: fromHex("101112131415161718191A1B1C1D1E1F"),
  IDACQ: "00004711",
  loadServer: { host: "10.1.2.3", port: 4711 },
  origin: "https://bank.test",
  limit: 40_000,
};

const CARD = {
  PPIEP: "000123",
  IDIEP: "0000000042",
  SNIEP: "0011223344556677",
  DEXPIEP: "311231",
  ALGIEP: 4,
  VKIEP: 1,
};
const PURSE = { BALIEP: 1_000, BALmaxIEP: 51_000, CURRIEP: "0978", CEXPIEP: 2, NTIEP: 7 };

const memory = memoryStores<HolderSchema>(HOLDER_BOOKS);

/** A bank with accounts RICH (1,000.00 EUR), POOR (5.00), EMPTY and YEN, and a load server that answers what the test says. */
export class BankBench {
  readonly bank: BankServer;
  readonly ledger: Ledger;
  readonly loads: HeldLoads;
  readonly clock: VirtualClock;
  readonly trace: readonly TraceEvent[];
  readonly holder: AccountHolder;
  /** What the load server answers to an inquiry; undefined: it is not there. */
  inquiry: ((opening: SealedOpening) => Uint8Array | null) | undefined;
  /** A real one in place of that. */
  connect: (() => Promise<MessageChannel>) | undefined;

  private constructor(parts: Pick<BankBench, "bank" | "ledger" | "loads" | "clock" | "trace" | "holder">) {
    this.bank = parts.bank;
    this.ledger = parts.ledger;
    this.loads = parts.loads;
    this.clock = parts.clock;
    this.trace = parts.trace;
    this.holder = parts.holder;
  }

  static async open(over: Partial<AccountHolder> = {}): Promise<BankBench> {
    const holder = { ...BANK, ...over };
    const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
    const store = await memory(clock);
    const ledger = ledgerIn(store);
    await fill(ledger, holder.IDMER);
    const trace: TraceEvent[] = [];
    const loads = heldLoadsIn(store);
    const random = seededRandom("bank");
    const bank = serveBank({
      ...{ holder, loads, clock, random },
      trace: (event) => trace.push(event),
      loadServer: { connect: async () => (bench.connect === undefined ? bench.#channel() : await bench.connect()) },
    });
    const bench = new BankBench({ bank, ledger, loads, clock, trace, holder });
    return bench;
  }

  async post(path: string, fields: Readonly<Record<string, string>>, session: string | null = SESSION) {
    const cookie: Record<string, string> = session === null ? {} : { cookie: `session=${session}` };
    const headers = { "content-type": "application/x-www-form-urlencoded", ...cookie };
    const request: HttpRequest = { method: "POST", path, headers, body: new URLSearchParams(fields).toString() };
    return await this.bank.handler(request);
  }

  /** 871 to 874; `purse` and `card` are what the card says other than usual. */
  async balance(
    account = "RICH",
    purse: Partial<typeof PURSE> = {},
    card: Partial<typeof CARD> = {},
  ): Promise<HttpResponse> {
    const selected = await this.post("/load", { account });
    if (selected.status !== 200) return selected;
    return await this.post("/load/card", balanceFields(account, purse, card));
  }

  async page(account = "RICH"): Promise<LoadOffer> {
    const parsed = parseLoadPage((await this.balance(account)).body);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed;
  }

  async amount(IDTRX: string, amount: number | string, session: string | null = SESSION): Promise<HttpResponse> {
    return await this.post("/load/amount", { "transaction-id": IDTRX, amount: String(amount) }, session);
  }

  /** A page, and an amount that is held. */
  async held(MLDA = 2_500): Promise<LoadOffer> {
    const offer = await this.page();
    const { status } = await this.amount(offer.page.IDTRX, MLDA);
    if (status !== 200) throw new Error(`status ${status}`);
    return offer;
  }

  /** The load server's word about the load of a page. */
  word({ page }: LoadOffer, over: Partial<LoadConfirmation> = {}): Uint8Array {
    const { suite, KSH } = this.holder;
    const KDER = deriveTransactionKey(suite, KSH, page.IDMER, page.IDTRX, fromHex(page.RND));
    const { IDTRX, IDMER, CURRLDA, CEXPLDA, DTHR } = page;
    const { PPIEP, IDIEP } = CARD;
    const text = { IDTRX, IDMER, CC: "0000", MLDA: 2_500, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP: 7, DTHR, ...over };
    return sealLoadConfirmation(suite, KDER, text, new Uint8Array(nonceLength(suite)).fill(9));
  }

  async confirm(offer: LoadOffer, CONF = this.word(offer)): Promise<HttpResponse> {
    const fields = { "transaction-id": offer.page.IDTRX, confirmation: toHex(CONF) };
    return await this.post(new URL(offer.page.URL ?? "").pathname, fields, null);
  }

  /** Balances of the user, the hold and the pool; undefined for one that is not open. */
  async money(account = "RICH") {
    const { IDMER } = this.holder;
    const of = (name: string) => this.ledger.balance({ account: name, ...EUR });
    return {
      user: await of(customerAccount(IDMER, account)),
      hold: await of(`hold:${IDMER}`),
      pool: await of("pool:000123"),
    };
  }

  logged(): readonly (readonly [string, unknown])[] {
    return this.trace.flatMap((event) => (event.kind === "log" ? [[event.entry, event.fields] as const] : []));
  }

  #channel() {
    if (this.inquiry === undefined) throw new PursebenchError("SERVICE_ABSENT", "nobody listens");
    let reply: Uint8Array | null = null;
    return {
      send: async (bytes: Uint8Array) => {
        const message = parseMessage(bytes);
        if (message.kind === "sealed-opening") reply = this.inquiry?.(message) ?? null;
      },
      receive: async () => reply,
      async [Symbol.asyncDispose]() {
        reply = null;
      },
    };
  }
}

async function fill(ledger: Ledger, IDMER: string): Promise<void> {
  const YEN = { CURR: "0392", CEXP: 0 };
  const funds = { RICH: [100_000, EUR], POOR: [500, EUR], EMPTY: [0, EUR], YEN: [9_000, YEN] } as const;
  await ledger.openAccounts([world(EUR), world(YEN)]);
  for (const [name, [amount, unit]] of Object.entries(funds)) {
    const to = customerAccount(IDMER, name);
    await ledger.openAccounts([{ account: to, ...unit }]);
    if (amount > 0) await ledger.transfer({ reference: `initial/${name}`, from: "world", to, amount, ...unit });
  }
}

/** What a head end posts of the card. */
export function balanceFields(
  account: string,
  purse: Partial<typeof PURSE> = {},
  card: Partial<typeof CARD> = {},
): Record<string, string> {
  return {
    account,
    atr: "3B00",
    balance: toHex(encodeBalance({ ...PURSE, ...purse })),
    "card-information": toHex(encodeCardInformation({ ...CARD, ...card })),
  };
}
