import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { seededRandom } from "../../core/random.ts";
import { BASE_PROFILE } from "../../core/sale-profile.ts";
import type { LinkName, RoleName, TraceEvent } from "../../core/trace.ts";
import { describe } from "../../protocol/messages/describe.ts";
import type { MessageOf } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { serveMerchant } from "../../roles/merchant/serve.ts";
import { Evidence } from "../evidence.ts";
import { readEvents } from "../reader.ts";
import { SAMPLE_MESSAGE, SAMPLE_RUN, temporaryDirectory } from "../testing/sample-run.ts";
import { verifyRun } from "../verify.ts";
import { KeyMask } from "./key-mask.ts";

const NOW = { atMs: 1, wall: new Date(0) };
const TSK = fromHex("8F1C 03A5 77E2 4BD0 9A66 F031 5CDE 28B4");
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function message(link: LinkName, from: RoleName, to: RoleName, bytes: Uint8Array): TraceEvent {
  return { kind: "message", link, from, to, bytes };
}

const layer = { RND: "0102030405060708", TSK, ETSK: new Uint8Array(44).fill(0xee) };

const PAGE: MessageOf<"page"> = {
  kind: "page",
  IDMER: "SHOP0001",
  IDTRX: "AB".repeat(16),
  MPDA: 250,
  CURRPDA: "0978",
  CEXPPDA: 2,
  HOST: "10.0.0.1",
  PORT: 4711,
  URL: "https://shop.test/status",
  SECINFO: new Uint8Array(8),
  RELEASE: "1.0",
  ENCRYPTION: "AES-128-GCM",
  TEXT: "A film",
  ...layer,
};

const RECOVERY: MessageOf<"recovery"> = {
  kind: "recovery",
  IDTRX: PAGE.IDTRX,
  IDMER: PAGE.IDMER,
  HOST: PAGE.HOST,
  PORT: PAGE.PORT,
  URL: PAGE.URL,
  CARDRSP: new Uint8Array(16),
  SW: "9000",
  ENCRYPTION: PAGE.ENCRYPTION,
  ...layer,
};

const LOAD_PAGE: MessageOf<"load-page"> = {
  kind: "load-page",
  SOURCE: 2,
  IDMER: "FND00001",
  IDTRX: PAGE.IDTRX,
  MLDAmax: 250_000,
  CURRLDA: "0978",
  CEXPLDA: 2,
  IDACQ: "00057001",
  DTHR: "20260115123059",
  HOST: PAGE.HOST,
  PORT: PAGE.PORT,
  SECINFO: new Uint8Array(8),
  RELEASE: "1.0",
  ENCRYPTION: PAGE.ENCRYPTION,
  TEXT: "Load",
  ...layer,
};

const LOAD_RECOVERY: MessageOf<"load-recovery"> = {
  kind: "load-recovery",
  SOURCE: 1,
  IDTRX: PAGE.IDTRX,
  IDMER: "BNK00001",
  HOST: PAGE.HOST,
  PORT: PAGE.PORT,
  URL: PAGE.URL,
  ENCRYPTION: PAGE.ENCRYPTION,
  LOADINIT: new Uint8Array(34),
  LOADRSP: new Uint8Array(35),
  CARDRSP: new Uint8Array(0),
  SW: "0000",
  ...layer,
};

const onCable = (bytes: Uint8Array) => message("cable", "head-end", "set-top-box", bytes);

function bytesAfter(mask: KeyMask, event: TraceEvent): Uint8Array {
  const masked = mask.event(event);
  return masked.kind === "message" ? masked.bytes : new Uint8Array();
}

test.each([PAGE, RECOVERY, LOAD_PAGE, LOAD_RECOVERY])(
  "the key in a $kind is zeros of the same length, and nothing else changes",
  (message) => {
    const seen = onCable(encodeMessage(message));
    const zeros = encodeMessage({ ...message, TSK: new Uint8Array(16) });
    expect(toHex(bytesAfter(new KeyMask(), seen))).toBe(toHex(zeros));
    expect(seen).toEqual(onCable(encodeMessage(message))); // what is kept in memory
  },
);

test("the key in a load page that comes directly from the load server is zeros, too", () => {
  const seen = message("236", "load-server", "head-end", encodeMessage(LOAD_PAGE));
  const zeros = encodeMessage({ ...LOAD_PAGE, TSK: new Uint8Array(16) });
  expect(toHex(bytesAfter(new KeyMask(), seen))).toBe(toHex(zeros));
});

test("a damaged page keeps its key no better", () => {
  const whole = encodeMessage(PAGE);
  for (const bytes of [whole.slice(0, -3), concat(whole, Uint8Array.of(0xff)), whole.slice(0, -50)]) {
    expect(toHex(bytesAfter(new KeyMask(), onCable(bytes)))).not.toContain(toHex(TSK.slice(0, 8)));
  }
});

const param = (value: string) => `200\n\n<object><param name="title" value="x"><param ${value}></object>`;

test.each([
  [`name="session-key" value="${toHex(TSK)}"`],
  [`value='${toHex(TSK).toLowerCase()}' name='session-key'`],
  [`name=session-key value=${toHex(TSK)}`],
  [`NAME="session&#45;key" VALUE = "&#56;${toHex(TSK).slice(1)}"`],
  [`name="session-key" value="${toHex(TSK)}00"`],
])("the parameter %s of a page is zeros of the same length", (parameter) => {
  const page = param(parameter);
  const masked = textOf(bytesAfter(new KeyMask(), message("234", "merchant", "head-end", bytesOf(page))));
  expect(masked).toHaveLength(page.length);
  expect(masked.toUpperCase()).not.toContain(toHex(TSK).slice(1));
  expect(masked).toContain('<param name="title" value="x">');
});

test("a known key is found wherever it stands again", () => {
  const mask = new KeyMask();
  mask.event(onCable(encodeMessage(PAGE)));
  const base64 = Buffer.from(TSK).toString("base64");
  const elsewhere = concat(fromHex("EA12"), TSK, fromHex("34"));
  expect(toHex(bytesAfter(mask, message("236", "head-end", "payment-server", elsewhere)))).toBe(
    `EA12${"00".repeat(16)}34`,
  );
  for (const form of [toHex(TSK), toHex(TSK).toLowerCase(), base64, base64.replace(/=+$/, ""), `A1${toHex(TSK)}B2`]) {
    expect(mask.text(`it is ${form}.`)).toMatch(/^it is (A1)?0{22,}(==)?(B2)?\.$/);
    expect(mask.text(JSON.stringify([form]))).toHaveLength(form.length + 4);
    expect(
      textOf(bytesAfter(mask, message("234", "head-end", "merchant", bytesOf(`POST /\n\n${form}`)))),
    ).not.toContain(form);
  }
});

test("other keys of the same beginning, near misses and fillers stay", () => {
  const mask = new KeyMask();
  mask.event(onCable(encodeMessage(PAGE)));
  mask.event(onCable(encodeMessage({ ...PAGE, TSK: new Uint8Array(16).fill(0xff) })));
  const near = TSK.map((byte, index) => (index === 15 ? byte ^ 1 : byte));
  const event = message("236", "head-end", "payment-server", concat(near, new Uint8Array(40).fill(0xff)));
  expect(mask.event(event)).toBe(event);
  expect(mask.text(`${toHex(near)} ${"F".repeat(64)}`)).toBe(`${toHex(near)} ${"F".repeat(64)}`);
});

test("both sides of a fault are masked, also where it altered the key", () => {
  const before = encodeMessage(PAGE);
  const after = encodeMessage({ ...PAGE, TSK: TSK.map((byte) => byte ^ 1) });
  const masked = new KeyMask().event({ kind: "fault", link: "cable", what: "another key", before, after });
  const zeros = encodeMessage({ ...PAGE, TSK: new Uint8Array(16) });
  expect(masked).toMatchObject({ before: zeros, after: zeros });
  const loss: TraceEvent = { kind: "fault", what: "lost" };
  expect(new KeyMask().event(loss)).toBe(loss);
});

/** Records what a purchase under the encryption layer shows of its TSK, and much that repeats it. */
async function recordedRun(): Promise<{ readonly file: Buffer; readonly dir: string; readonly key: Uint8Array }> {
  const server = serveMerchant({
    identity: {
      IDMER: "SHOP0001",
      KMER: new Uint8Array(16),
      KSH: new Uint8Array(16).fill(2),
      profile: { ...BASE_PROFILE, encryption: "AES-128-GCM" },
      origin: "https://shop.test",
      paymentServer: { host: "10.0.0.1", port: 4711 },
    },
    catalogue: [{ ITEM: "film", title: "A film", price: 250, CURR: "0978", CEXP: 2, kind: "information" }],
    clock: systemClock,
    random: seededRandom("masked"),
    trace: () => undefined,
  });
  const { body } = await server.handler({
    method: "POST",
    path: "/checkout",
    headers: { cookie: "session=0123456789ABCDEF" },
    body: "item=film&quantity=1&payment=smart-card",
  });
  const key = fromHex(/name="session-key" value="([0-9A-F]{32})"/.exec(body)?.[1] ?? "");
  const dir = temporaryDirectory();
  await using evidence = new Evidence({ dir, run: SAMPLE_RUN, clock: systemClock, describe });
  evidence.record({ kind: "fault", link: "234", what: "nothing", before: bytesOf(body) }, NOW);
  evidence.record(message("234", "merchant", "head-end", bytesOf(`200\n\n${body}`)), NOW);
  evidence.record(onCable(encodeMessage({ ...PAGE, TSK: key })), NOW);
  evidence.record(message("cable", "set-top-box", "head-end", encodeMessage({ ...RECOVERY, TSK: key })), NOW);
  evidence.record(message("236", "head-end", "payment-server", concat(fromHex("E4"), key)), NOW);
  evidence.record({ kind: "log", role: "head-end", entry: "x", fields: { key: toHex(key).toLowerCase() } }, NOW);
  evidence.record({ kind: "note", text: Buffer.from(key).toString("base64") }, NOW);
  evidence.write({ kind: "check", ok: false, what: "TSK", expected: ["another"], actual: toHex(key) });
  evidence.record(SAMPLE_MESSAGE, NOW);
  await evidence.close();
  return { file: readFileSync(join(dir, "events.jsonl")), dir, key };
}

test("the file of evidence has the key in no form", async () => {
  const { file, key } = await recordedRun();
  expect(key).toHaveLength(16);
  const hex = toHex(key);
  const asText = Buffer.from(hex).toString("hex"); // a page is text, and evidence keeps the hex of it
  expect(file.includes(Buffer.from(key))).toBe(false);
  for (const form of [hex, asText, Buffer.from(hex.toLowerCase()).toString("hex")]) {
    expect(file.toString("latin1").toUpperCase()).not.toContain(form.toUpperCase());
  }
  expect(file.toString("latin1")).not.toContain(Buffer.from(key).toString("base64").slice(0, 21));
});

test("lines say where something was masked, and the chain holds", async () => {
  const { dir } = await recordedRun();
  const read = [];
  for await (const { event, masked } of readEvents(dir)) read.push([event.kind, masked]);
  expect(read).toEqual([
    ["fault", true],
    ["message", true],
    ["message", true],
    ["message", true],
    ["message", true],
    ["log", true],
    ["note", true],
    ["check", true],
    ["message", undefined],
    ["run-end", undefined],
  ]);
  const [, , page] = readFileSync(join(dir, "events.jsonl"), "utf8").split("\n");
  expect(JSON.parse(page ?? "")).toMatchObject({
    event: { decoded: { message: "page", TSK: "00".repeat(16), masked: "the session key is overwritten with zeros" } },
  });
  expect((await verifyRun(dir)).lines).toBe(10);
});
