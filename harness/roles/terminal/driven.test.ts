import { beforeEach, describe, expect, it } from "vitest";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { inProcessEndpoint } from "../../device/virtual/in-process-endpoint.ts";
import type { TerminalAccess } from "../../link/exchange.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { directTerminals } from "../concentrator/direct-terminals.ts";
import { lanTerminals } from "../concentrator/lan-terminals.ts";
import { serveConcentrator } from "../concentrator/serve.ts";
import { TerminalClient } from "./client.ts";
import { type DrivenTerminal, drivenTerminal } from "./driven.ts";
import { dumbTerminal } from "./dumb.ts";
import { serveTerminal } from "./serve.ts";
import { memoryStore } from "./store.ts";
import { cancel, IDTERM, ids, lost, respond, type TerminalBed, terminalBed } from "./testing/terminal-bed.ts";

const A = ids("A");
const B = ids("B");

/** The card and PSAM of the bed, the PSAM behind a dumb terminal, and a server that drives it. */
function bench(bed: TerminalBed, way: "direct" | "concentrator") {
  const { clock, sam } = bed;
  const dumb = serveTerminal({
    identity: { IDTERM, LOC: "00490001" },
    psam: sam,
    clock,
    trace: () => undefined,
    role: dumbTerminal,
  });
  const lines = new Map([[IDTERM, dumb]]);
  const asked: string[] = [];
  const link: { act: () => void } = { act: () => undefined };
  const lan = lanTerminals(inProcessEndpoint(serveConcentrator({ lines, clock })), clock);
  const inner = way === "direct" ? directTerminals(lines) : lan;
  const access: TerminalAccess = {
    async exchange(to, message, deadline) {
      asked.push(parseMessage(message).kind);
      link.act();
      return await inner.exchange(to, message, deadline);
    },
  };
  const trace: TraceEvent[] = [];
  const store = memoryStore();
  const start = () =>
    drivenTerminal({ identity: { IDTERM, LOC: "00490001" }, access, clock, trace: (e) => trace.push(e), store });
  return { access, asked, link, trace, store, start };
}

let bed: TerminalBed;
let driver: DrivenTerminal;
let parts: ReturnType<typeof bench>;
beforeEach(() => {
  bed = terminalBed();
  parts = bench(bed, "direct");
  driver = parts.start();
});

const say = async (message: Message) =>
  parseMessage(await driver.exchange(encodeMessage(message), deadlineIn(bed.clock, 8_000)));
const client = () => new TerminalClient({ exchange: (_, bytes, deadline) => driver.exchange(bytes, deadline) }, IDTERM);

describe("a dumb terminal that the payment server drives", () => {
  it.each(["direct", "concentrator"] as const)("takes a whole purchase, reached %s", async (way) => {
    parts = bench(bed, way);
    driver = parts.start();
    const debit = await say(bed.draw(A));
    expect(bed.apdus).toEqual(["A404", "7000", "7001", "7200"]);
    expect(await say(respond(A, bed.debitCard(debit)))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(new Set(parts.asked)).toEqual(new Set(["t-apdu"]));
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await client().readStore(bed.soon())).toMatchObject([{ IDTRX: A, CC: "0000" }]);
    expect((await client().readTotals(bed.soon())).totals).toMatchObject([{ MTOT: 1250 }]);
    expect(parts.trace).toMatchObject([{ role: "payment-server", entry: "data-store-updated", IDTRX: A }]);
  });

  it("takes single trip sales and reverses them", async () => {
    const debit = await say(bed.draw(A, 500, 1));
    expect(debit).toMatchObject({ kind: "t-debit", EXPECTED: bed.debitCard(debit) });
    expect(await say(cancel(A, 0))).toMatchObject({ kind: "t-done", CC: "0000" });
    expect(bed.totals()).toEqual([0, 0]);
  });

  it("says A010 for a PSAM that is silent, as any terminal does", async () => {
    bed.tamper.act = lost(0x70);
    expect(await say(bed.draw(A))).toMatchObject({ kind: "t-refusal", CC: "A010" });
    expect(bed.clock.monotonicMs()).toBe(3_000);
  });

  it("is itself silent when the terminal cannot be reached, and withdraws afterwards", async () => {
    const failure = new PursebenchError("DEVICE_LOST", "the LAN was lost", { owner: "server" });
    let messages = 0;
    parts.link.act = () => {
      if (++messages === 4) throw failure;
    };
    await expect(say(bed.draw(A, 500, 1))).rejects.toBe(failure);
    expect(await say(cancel(A, 0))).toMatchObject({ kind: "t-done" });
    expect(bed.apdus.slice(3)).toEqual(["A404", "8E00", "8E00"]);
    expect(await say(bed.draw(B))).toMatchObject({ kind: "t-debit" });
  });

  it("is silent for a terminal that is smart after all", async () => {
    const access = { exchange: async () => encodeMessage({ kind: "t-refusal", IDTERM, CC: "A00A" }) };
    const identity = { IDTERM, LOC: "00490001" };
    driver = drivenTerminal({ identity, access, clock: bed.clock, trace: () => undefined, store: memoryStore() });
    await expect(say(bed.draw(A))).rejects.toMatchObject({ code: "PROTOCOL", owner: "terminal" });
  });

  it("finds data store and issued transactions again when the server has started anew", async () => {
    await say(bed.draw(A, 500, 1));
    const open = bed.debitCard(await say(bed.draw(B, 300)));
    await driver[Symbol.asyncDispose]();
    await expect(say(cancel(A, 1))).rejects.toMatchObject({ code: "SERVICE_ABSENT", owner: "server" });
    driver = parts.start();
    expect(await say(cancel(A, 1))).toMatchObject({ kind: "t-done", CC: "0000" });
    expect(await say(respond(B, open))).toMatchObject({ kind: "t-result", CC: "0000" });
    const records = (await client().readStore(bed.soon())).map(({ COUNT, CC, MPDA }) => [COUNT, CC, MPDA]);
    expect(records).toEqual([
      [1, "0000", 500],
      [2, "A01D", 500],
      [3, "0000", 300],
    ]);
    expect(bed.totals()).toEqual([300, 1]);
  });

  it("settles a debit in the middle of which the server crashed", async () => {
    parts.link.act = () => {
      if (bed.apdus.length === 3) void driver[Symbol.asyncDispose]();
    };
    await expect(say(bed.draw(A, 500, 1))).resolves.toBeDefined();
    parts.link.act = () => undefined;
    expect(bed.totals()).toEqual([500, 1]);
    expect(parts.store.load().records).toEqual([]);
    driver = parts.start();
    await client().readTotals(bed.soon());
    expect(bed.totals()).toEqual([0, 0]);
  });
});
