import { expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { batchAnswer, getFor, messageIn, postOf } from "../../link/batch-http.ts";
import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { type Delivered, encodeDelivery, parseDelivery } from "../../protocol/messages/delivery.ts";
import type { Batch } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { encodeUnsignedUpdate } from "../../protocol/messages/psam-update.ts";
import { BATCHNO, batchOf, digestOf, record } from "../testing/batches.ts";
import { type ConcentrationPointOptions, serveConcentrationPoint } from "./serve.ts";
import { openQueue } from "./store/sql-queue.ts";

const BATCH = batchOf(1, [record(1)]);
const UPDATE_OF = (NTUPD: number): Delivered => {
  const content = { kind: "block-card", PPIEP: "000123", IDIEP: "0000000042" } as const;
  const unsigned = encodeUnsignedUpdate({ NTUPD, date: "20310506", content });
  return { kind: "system-update", BATCHNO, UPDATE: new Uint8Array([...unsigned, ...new Uint8Array(8)]) };
};
const acknowledged = (batch: Batch): Delivered => ({
  kind: "batch-acknowledgement",
  IDCP: batch.IDCP,
  BATCHNO: batch.BATCHNO,
  NTCOL: batch.NTCOL,
  DIGEST: digestOf(batch),
  S5: new Uint8Array(8),
});

async function bench(over: Partial<ConcentrationPointOptions> = {}) {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const store = over.store ?? (await openQueue("sqlite::memory:", clock));
  const asked: HttpRequest[] = [];
  const trace: TraceEvent[] = [];
  const script = {
    /** What clearing says; undefined: nobody is there. */
    clearing: (request: HttpRequest): HttpResponse | undefined => honest(request),
  };
  const point = serveConcentrationPoint({
    senders: ["PS1", "PS2"],
    store,
    http: async (_origin, request) => {
      asked.push(request);
      const response = script.clearing(request);
      if (response === undefined) throw new PursebenchError("SERVICE_ABSENT", "nobody is there");
      return response;
    },
    clearing: "https://clearing.invalid",
    clock,
    trace: (event) => trace.push(event),
    ...over,
  });
  const post = async (message: Batch) => (await point.handler(postOf("/batches", encodeMessage(message)))).status;
  const get = async (IDCP = "PS1") => delivered(await point.handler(getFor("/deliveries", IDCP)));
  const receipt = (...messages: Delivered[]) => point.handler(postOf("/receipts", encodeDelivery(messages)));
  const entries = () => trace.flatMap((event) => (event.kind === "log" ? [event.entry] : []));
  return { clock, store, asked, script, point, post, get, receipt, entries };
}

function honest(request: HttpRequest, ...also: readonly Delivered[]): HttpResponse {
  if (request.path === "/receipts") return batchAnswer(204);
  const message = parseMessage(messageIn(request.body) ?? new Uint8Array(0));
  const answers = message.kind === "batch" ? [acknowledged(message)] : [];
  if (request.path === "/updates?sender=PS2") return batchAnswer(200, encodeDelivery([]));
  return batchAnswer(200, encodeDelivery([...answers, ...also]));
}

function delivered(response: HttpResponse): readonly Delivered[] {
  const parsed = parseDelivery(messageIn(response.body) ?? new Uint8Array(0));
  if (!parsed.ok) throw new Error(`${response.status} ${parsed.reason}`);
  return parsed.messages;
}

const bytesOf = encodeMessage(BATCH);
const get = (path: string): HttpRequest => ({ method: "GET", path, headers: {}, body: "" });

test.each([
  ["a body that is too long", { ...postOf("/batches", bytesOf), body: "B8".repeat(65_537) }, 413],
  ["another page", postOf("/other", bytesOf), 404],
  ["another method", get("/batches"), 405],
  ["another method for deliveries", postOf("/deliveries?sender=PS1", bytesOf), 405],
  ["no hex", { ...postOf("/batches", bytesOf), body: "what is this" }, 400],
  ["another message", postOf("/batches", encodeMessage(acknowledged(BATCH))), 400],
  ["members that are none", postOf("/batches", encodeMessage({ ...BATCH, MEMBERS: new Uint8Array(60) })), 400],
  ["an unknown sender", postOf("/batches", encodeMessage({ ...BATCH, IDCP: "PS3" })), 403],
  ["deliveries for an unknown sender", getFor("/deliveries", "PS3"), 403],
  ["deliveries for nobody", get("/deliveries"), 400],
  ["receipts that are no delivery", postOf("/receipts", bytesOf), 400],
  ["receipts of updates themselves", postOf("/receipts", encodeDelivery([UPDATE_OF(1)])), 400],
  ["a batch", postOf("/batches", bytesOf), 202],
  ["deliveries", getFor("/deliveries", "PS1"), 200],
  ["receipts", postOf("/receipts", encodeDelivery([acknowledged(BATCH)])), 204],
])("%s is answered as the table says", async (_what, request, status) => {
  const { point } = await bench();
  expect((await point.handler(request)).status).toBe(status);
});

test("a batch is forwarded once, unaltered, and its answer goes to its sender alone, until it was taken", async () => {
  const { point, post, get, receipt, asked, entries } = await bench();
  expect([await post(BATCH), await post(BATCH)]).toEqual([202, 202]);
  expect(await point.queued()).toBe(1);
  expect(await get()).toEqual([]);
  expect(await point.forward()).toEqual({ batches: 1, trouble: undefined });
  expect(asked.filter(({ path }) => path === "/batches").map(({ body }) => body)).toEqual([toHex(bytesOf)]);
  expect(await get("PS2")).toEqual([]);
  expect(await get()).toEqual([acknowledged(BATCH)]);
  expect(await get()).toEqual([acknowledged(BATCH)]);
  await receipt(acknowledged(BATCH));
  expect(await get()).toEqual([]);
  expect(await point.forward()).toEqual({ batches: 0, trouble: undefined });
  const members = [
    {
      IDTRX: record(1).IDTRX,
      IDMER: "SHOP0001",
      PPIEP: "000123",
      MPDA: 250,
      CURR: "0978",
      CEXP: 2,
      status: "taken",
      CC: null,
    },
  ];
  expect(await point.batches()).toEqual([{ BATCHNO, NTCOL: 1, sender: "PS1", status: "taken", members }]);
  expect(entries()).toEqual(["batch-stored", "batch-repeated", "batch-forwarded", "batch-answered"]);
});

test("a batch that its sender sends again after it has taken the answer is forwarded again", async () => {
  const { point, post, get, receipt } = await bench();
  await post(BATCH);
  await point.forward();
  await receipt(acknowledged(BATCH));
  expect(await post(BATCH)).toBe(202);
  expect(await point.forward()).toMatchObject({ batches: 1 });
  expect(await get()).toEqual([acknowledged(BATCH)]);
});

test("batches go in the order of their arrival; trouble stops the round and nothing is lost", async () => {
  const { point, post, script, asked } = await bench();
  const batches = [1, 2, 3].map((NTCOL) => batchOf(NTCOL, [record(NTCOL)]));
  for (const batch of batches) await post(batch);
  script.clearing = (request) => (asked.length > 1 ? undefined : honest(request));
  expect(await point.forward()).toEqual({ batches: 1, trouble: "clearing cannot be reached" });
  script.clearing = (request) => honest(request);
  expect(await point.forward()).toEqual({ batches: 2, trouble: undefined });
  const sent = asked.filter(({ path }) => path === "/batches").map(({ body }) => body);
  const [first, second, third] = batches.map((batch) => toHex(encodeMessage(batch)));
  expect(sent).toEqual([first, second, second, third]);
});

test.each([
  ["overloaded", () => batchAnswer(503)],
  ["garbled", () => ({ ...batchAnswer(200), body: "BC0" })],
  ["silent about the batch", () => batchAnswer(200, encodeDelivery([]))],
  ["speaking of another batch", () => batchAnswer(200, encodeDelivery([acknowledged({ ...BATCH, NTCOL: 2 })]))],
  ["saying two things", () => batchAnswer(200, encodeDelivery([acknowledged(BATCH), acknowledged(BATCH)]))],
])("a clearing system that is %s leaves the batch in the queue", async (_what, answer) => {
  const { point, post, script } = await bench();
  await post(BATCH);
  script.clearing = answer;
  expect((await point.forward()).trouble).toBeDefined();
  expect(await point.queued()).toBe(1);
});

test("a full queue turns batches away for later, and has room again", async () => {
  const { point, post } = await bench({ queueLimit: 1 });
  const other = batchOf(2, [record(2)]);
  expect([await post(BATCH), await post(other), await post(BATCH)]).toEqual([202, 503, 202]);
  await point.forward();
  expect(await post(other)).toBe(202);
});

test("updates come with answers and by themselves, in order, until there is a receipt, which clearing is told", async () => {
  const { point, post, get, receipt, script, asked } = await bench();
  script.clearing = (request) => honest(request, UPDATE_OF(2), UPDATE_OF(1));
  await post(BATCH);
  await point.forward();
  expect(await get()).toEqual([acknowledged(BATCH), UPDATE_OF(1), UPDATE_OF(2)]);
  const said: Delivered = { kind: "update-receipt", BATCHNO, NTUPD: 1, CC: "0000" };
  await receipt(said, { ...said, NTUPD: 77 });
  expect(await get()).toEqual([acknowledged(BATCH), UPDATE_OF(2)]);
  asked.length = 0;
  script.clearing = (request) => honest(request);
  await point.forward();
  expect(asked[0]).toEqual(postOf("/receipts", encodeDelivery([said])));
  await point.forward();
  expect(asked.filter(({ path }) => path === "/receipts")).toHaveLength(1);
});

test("an update that was not applied takes those after it along: clearing gives all of them again", async () => {
  const { point, get, receipt, script } = await bench();
  script.clearing = (request) => honest(request, UPDATE_OF(1), UPDATE_OF(2));
  await point.forward();
  await receipt({ kind: "update-receipt", BATCHNO, NTUPD: 1, CC: "9302" });
  expect(await get()).toEqual([]);
  await point.forward();
  expect(await get()).toEqual([UPDATE_OF(1), UPDATE_OF(2)]);
});

test("a restarted concentration point goes on with what was stored", async () => {
  const before = await bench();
  await before.post(BATCH);
  const after = await bench({ store: before.store });
  expect(await after.point.forward()).toEqual({ batches: 1, trouble: undefined });
  const last = await bench({ store: before.store });
  expect(await last.get()).toEqual([acknowledged(BATCH)]);
});

test("a wrong list of senders is refused", async () => {
  await expect(bench({ senders: ["PS1", "PS1"] })).rejects.toMatchObject({ code: "USAGE" });
});
