import { expect, test } from "vitest";
import { deadlineIn } from "../../core/deadline.ts";
import { CIPHER_SUITES, type CipherSuite } from "../../core/sale-profile.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { sealMessage } from "../../crypto/sealed-message.ts";
import { memoryChannelPair } from "../../device/virtual/message-channel-pair.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import type { LoadOffer } from "../../protocol/messages/load-page.ts";
import { parseLoadPage } from "../../protocol/messages/load-page.ts";
import { parseLoadAuthorisation } from "../../protocol/messages/load-page-objects.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { LOAD } from "../hsm/testing/card.ts";
import { openBench } from "../load-server/test-bench.ts";
import { asked, cardAnswer, SETTINGS } from "../load-server/testing/parties.ts";
import { BANK, BankBench } from "./test-bench.ts";

const { PPIEP, IDIEP, DEXPIEP } = LOAD;

/** A bank and a load server that have agreed, and a hold of 25.00 EUR for the card of the HSM's tests. */
async function both(suite: CipherSuite) {
  const bank = await BankBench.open({ suite, IDACQ: SETTINGS.IDACQ });
  const { KMER, KSH } = BANK;
  const contracts = () => ({ source: "bank", active: true, suite, KMER, KSH }) as const;
  const server = await openBench({ clock: bank.clock, contracts });
  const connect = async () => {
    const [near, far] = memoryChannelPair();
    void server.server.serve(far).finally(() => far[Symbol.asyncDispose]());
    return near;
  };
  bank.connect = connect;
  const offer = parseLoadPage((await bank.balance("RICH", {}, { PPIEP, IDIEP, DEXPIEP })).body);
  if (!offer.ok) throw new Error(offer.reason);
  const authorised = parseLoadAuthorisation((await bank.amount(offer.page.IDTRX, 2_500)).body);
  if (!authorised.ok) throw new Error(authorised.reason);
  return { bank, server, connect, offer, SECLOAD: authorised.value };
}

/** The same two as a head end brings them together. */
async function headEnd({ bank, connect, offer, SECLOAD }: Awaited<ReturnType<typeof both>>) {
  const { page } = offer;
  const channel = await connect();
  const { IDMER, IDTRX, RND, ETSK, DTHR, IDACQ } = page;
  let count = 0;
  const seal = (inner: Message): Uint8Array => {
    const nonce = new Uint8Array(nonceLength(bank.holder.suite)).fill(++count);
    return sealMessage(bank.holder.suite, page.TSK, IDTRX, nonce, encodeMessage(inner));
  };
  const load = { ...LOAD, IDTRX, MLDA: 2_500, DTHR, IDACQ };
  const request = {
    kind: "load-request",
    SOURCE: 1,
    IDMER,
    IDTRX,
    ATR: Uint8Array.of(0x3b, 0),
    ...asked(load),
    SECLOAD,
  } as const;
  const say = async (message: Message) => {
    await channel.send(encodeMessage(message));
    const bytes = await channel.receive(deadlineIn(bank.clock, 1_000_000));
    return bytes === null ? null : parseMessage(bytes);
  };
  const command = await say({ kind: "sealed-opening", IDMER, IDTRX, RND, ETSK, SEALED: seal(request) });
  const respond = (CARDRSP: Uint8Array) => {
    const SW = CARDRSP.length === 0 ? "0000" : "9000";
    return say({ kind: "sealed", IDTRX, SEALED: seal({ kind: "load-response", IDTRX, CARDRSP, SW, RECOVERED: 0 }) });
  };
  return { command, respond, load, channel };
}

test.each(CIPHER_SUITES)("a load ends in the pool by the load server's word (%s)", async (suite) => {
  const parties = await both(suite);
  const { bank, offer } = parties;
  const { command, respond, load } = await headEnd(parties);
  expect(command?.kind).toBe("sealed");
  const results = await respond(cardAnswer("0000", {}, load));
  if (results?.kind !== "sealed-results") throw new Error(`${results?.kind}`);
  expect(results.CONF).toHaveLength(suite === "AES-128-GCM" ? 79 : 72);
  expect((await bank.confirm(offer, results.CONF)).status).toBe(200);
  expect(await bank.money()).toMatchObject({ user: 97_500, hold: 0 });
  expect(await bank.ledger.balances(`pool:${PPIEP}`)).toMatchObject([{ balance: 2_500 }]);
  expect(await bank.bank.settleHolds(0)).toBe(0);
});

test.each(CIPHER_SUITES)("a confirmation that was lost is asked for (%s)", async (suite) => {
  const parties = await both(suite);
  const { respond, load } = await headEnd(parties);
  await respond(cardAnswer("0000", {}, load));
  expect(await parties.bank.bank.settleHolds(0)).toBe(1);
  expect(await parties.bank.money()).toMatchObject({ user: 97_500, hold: 0 });
  expect(await parties.bank.loads.load(parties.offer.page.IDTRX)).toMatchObject({ status: "loaded" });
});

test.each(CIPHER_SUITES)(
  "a hold for which no load was ever asked goes back, and nothing can be loaded under it (%s)",
  async (suite) => {
    const parties = await both(suite);
    const { bank, offer } = parties;
    expect(await bank.bank.settleHolds(0)).toBe(1);
    expect(await bank.money()).toMatchObject({ user: 100_000, hold: 0 });
    const { command } = await headEnd(parties);
    expect(command?.kind).not.toBe("sealed");
    expect(await released(bank, offer)).toBe("released");
  },
);

test("a hold stays while nobody knows what the card did", async () => {
  const parties = await both("AES-128-GCM");
  const { channel } = await headEnd(parties);
  expect(await parties.bank.bank.settleHolds(0)).toBe(0);
  await channel[Symbol.asyncDispose]();
  expect(await parties.bank.bank.settleHolds(0)).toBe(0);
  expect(await parties.bank.money()).toMatchObject({ user: 97_500, hold: 2_500 });
});

async function released(bank: BankBench, { page }: LoadOffer): Promise<string | undefined> {
  return (await bank.loads.load(page.IDTRX))?.status;
}
