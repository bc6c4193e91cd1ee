import { expect, test } from "vitest";
import { flipBit, fromHex, toHex } from "../../core/bytes.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { type LoadConfirmation, sealLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { deriveTransactionKey } from "../../crypto/transaction-keys.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import { serveAdditional } from "./serve.ts";

const IDTRX = "0123456789ABCDEF0123456789ABCDEF";
const IDMER = "FND00001";
const RND = "A1A2A3A4A5A6A7A8";
const KSH = fromHex("54455354204B53482020464E44203031");
const suite = "AES-128-GCM";
const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, fromHex(RND));

const word: LoadConfirmation = {
  ...{ IDTRX, IDMER, CC: "0000", MLDA: 2500, CURRLDA: "0978", CEXPLDA: 2 },
  ...{ PPIEP: "000123", IDIEP: "0000004711", NTIEP: 7, DTHR: "20260802101500" },
};

function conf(over: Partial<LoadConfirmation> = {}, key = KDER): Uint8Array {
  return sealLoadConfirmation(suite, key, { ...word, ...over }, new Uint8Array(12).fill(over.MLDA ?? 1));
}

function bench() {
  const events: TraceEvent[] = [];
  const handler = serveAdditional({ holder: { IDMER, suite, KSH }, trace: (event) => events.push(event) });
  const send = async (over: Partial<HttpRequest>) =>
    (await handler({ method: "POST", path: `/loads?random=${RND}`, headers: {}, body: "", ...over })).status;
  const tell = (CONF: Uint8Array, random = RND) =>
    send({ path: `/loads?random=${random}`, body: `transaction-id=${IDTRX}&confirmation=${toHex(CONF)}` });
  const heard = () =>
    events.flatMap((event) => (event.kind === "log" ? [{ accepted: null, ...event.fields, IDTRX: event.IDTRX }] : []));
  return { tell, send, heard };
}

test("a genuine word is registered with its value, and the same again is the same", async () => {
  const { tell, heard } = bench();
  expect([await tell(conf()), await tell(conf())]).toEqual([200, 200]);
  const entry = { IDTRX, accepted: true, CC: "0000", MLDA: 2500, CURRLDA: "0978", IDIEP: "0000004711" };
  expect(heard()).toEqual([entry, entry]);
});

test("that no load occurred is registered as such", async () => {
  const { tell, heard } = bench();
  expect(await tell(conf({ CC: "A023" }))).toBe(402);
  expect(heard()).toMatchObject([{ accepted: true, CC: "A023" }]);
});

test("of two words on one load only the first one counts", async () => {
  const { tell, heard } = bench();
  expect([await tell(conf()), await tell(conf({ MLDA: 2501 })), await tell(conf({ CC: "A023" }))]).toEqual([
    200, 409, 409,
  ]);
  expect(heard().map(({ accepted }) => accepted)).toEqual([true, false, false]);
});

test.each([
  ["an altered one", flipBit(conf(), 100), RND],
  ["one under another key", conf({}, flipBit(KDER, 0)), RND],
  ["one with another random", conf(), "A1A2A3A4A5A6A7A9"],
  ["one about another load", conf({ IDTRX: "FF".repeat(16) }), RND],
  ["one about another holder", conf({ IDMER: "FND00002" }), RND],
  ["one of a single byte", Uint8Array.of(1), RND],
])("not accepted: %s", async (_, CONF, random) => {
  const { tell, heard } = bench();
  expect(await tell(CONF, random)).toBe(403);
  expect(heard()).toEqual([{ IDTRX, accepted: false, CC: null, MLDA: null, CURRLDA: null, IDIEP: null }]);
});

test("what is no such request is refused, and nothing is registered", async () => {
  const { send, heard } = bench();
  const body = `transaction-id=${IDTRX}&confirmation=${toHex(conf())}`;
  expect(await send({ body, path: "/loads" })).toBe(400);
  expect(await send({ body, path: `/loads?random=${RND}&random=${RND}` })).toBe(400);
  expect(await send({ body: `${body}&confirmation=00` })).toBe(400);
  expect(await send({ body: body.replace(IDTRX, "12") })).toBe(400);
  expect(await send({ body: `transaction-id=${IDTRX}&confirmation=0` })).toBe(400);
  expect(await send({ method: "GET" })).toBe(405);
  expect(await send({ body, path: "/else" })).toBe(404);
  expect(await send({ body: "x".repeat(20_000) })).toBe(413);
  expect(heard()).toEqual([]);
});
