import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn, within } from "../../core/deadline.ts";
import { inProcessEndpoint } from "../../device/virtual/in-process-endpoint.ts";
import type { Exchange } from "../../link/exchange.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { canAnswer } from "./answers.ts";
import { directTerminals } from "./direct-terminals.ts";
import { lanTerminals } from "./lan-terminals.ts";
import { concentrator, createConcentrator } from "./model.ts";
import { routedTerminals } from "./routed-terminals.ts";
import { serveConcentrator } from "./serve.ts";

const [A, B] = ["00000001", "00000002"] as const;
const X = "AB".repeat(16);

const readStore = (IDTERM: string) => encodeMessage({ kind: "t-read-store", IDTERM, INDEX: 0 });
const cancel = (IDTERM: string) => encodeMessage({ kind: "t-cancel", IDTERM, IDTRX: X, MODE: 1 });

/** A terminal that answers T-cancel with T-done and T-read-store with T-store after `delays` in turn; -1 is never. */
function slowTerminal(clock: VirtualClock, delays: number[]): Exchange & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async exchange(request, deadline) {
      const message = parseMessage(request);
      asked.push(message.kind);
      const delay = delays.shift() ?? 0;
      const wait = delay < 0 ? new Promise<void>(() => undefined) : clock.timer(delay).elapsed;
      await within(deadline, wait, { what: "slow terminal", owner: "terminal" });
      const IDTERM = message.kind === "unrecognised" || !("IDTERM" in message) ? A : message.IDTERM;
      if (message.kind === "t-cancel") return encodeMessage({ kind: "t-done", IDTERM, IDTRX: X, CC: "0000" });
      return encodeMessage({ kind: "t-store", IDTERM, INDEX: 0, STORE: new Uint8Array(0) });
    },
  };
}

function bench(delays: { a?: number[]; b?: number[] } = {}, terminalMs = 8_000) {
  const clock = new VirtualClock(new Date("2026-07-30T12:00:00Z"));
  const a = slowTerminal(clock, delays.a ?? []);
  const b = slowTerminal(clock, delays.b ?? []);
  const lines = new Map([
    [A, a],
    [B, b],
  ]);
  const failures: unknown[] = [];
  const start = () =>
    inProcessEndpoint(serveConcentrator({ lines, clock, timeouts: { terminalMs } }), {
      onFailure: (thrown) => failures.push(thrown),
    });
  let endpoint = start();
  const access = lanTerminals({ connect: (deadline) => endpoint.connect(deadline) }, clock);
  const restart = async () => {
    await endpoint[Symbol.asyncDispose]();
    endpoint = start();
  };
  const ask = (IDTERM: string, message: Uint8Array, ms = 20_000) =>
    access.exchange(IDTERM, message, deadlineIn(clock, ms)).then((bytes) => parseMessage(bytes).kind);
  return { clock, a, b, ask, access, restart, failures };
}

describe("concentrator", () => {
  it("takes the header as the address and passes messages and answers on", async () => {
    const { ask, a, b } = bench();
    expect(await ask(A, readStore(A))).toBe("t-store");
    expect(await ask(B, cancel(B))).toBe("t-done");
    expect([a.asked, b.asked]).toEqual([["t-read-store"], ["t-cancel"]]);
  });

  it("answers for an unknown terminal with A009", async () => {
    const { access, clock } = bench();
    const answer = await access.exchange("000000FF", cancel("000000FF"), deadlineIn(clock, 1_000));
    expect(parseMessage(answer)).toEqual({ kind: "t-refusal", IDTERM: "000000FF", IDTRX: X, CC: "A009" });
  });

  it("serves several terminals at once over one channel", async () => {
    const { ask, clock } = bench({ a: [3_000], b: [1_000] });
    const done: string[] = [];
    await Promise.all([
      ask(A, readStore(A)).then(() => done.push("A")),
      ask(B, readStore(B)).then(() => done.push("B")),
    ]);
    expect(done).toEqual(["B", "A"]);
    expect(clock.monotonicMs()).toBe(3_000);
  });

  it("keeps serving the others while one terminal is silent, and that one afterwards", async () => {
    const { ask } = bench({ a: [-1] });
    const silent = ask(A, readStore(A), 8_000).catch((error) => error.code);
    expect(await ask(B, readStore(B))).toBe("t-store");
    expect(await silent).toBe("DEVICE_SILENT");
    expect(await ask(A, cancel(A))).toBe("t-done");
  });

  it("never hands a late answer to the next request", async () => {
    const { ask, a } = bench({ a: [2_000] });
    await expect(ask(A, readStore(A), 1_000)).rejects.toMatchObject({ code: "DEVICE_SILENT", owner: "terminal" });
    expect(await ask(A, cancel(A))).toBe("t-done");
    expect(await ask(A, readStore(A))).toBe("t-store");
    expect(a.asked).toEqual(["t-read-store", "t-cancel", "t-read-store"]);
  });

  it("drops an answer that came while nobody waited", async () => {
    const { ask, clock } = bench({ a: [2_000] });
    await expect(ask(A, readStore(A), 1_000)).rejects.toMatchObject({ code: "DEVICE_SILENT" });
    await clock.timer(5_000).elapsed;
    expect(await ask(A, cancel(A))).toBe("t-done");
  });

  it("works off the messages for one terminal one after the other", async () => {
    const { ask, clock } = bench({ a: [1_000, 1_000] });
    expect(await Promise.all([ask(A, readStore(A)), ask(A, cancel(A))])).toEqual(["t-store", "t-done"]);
    expect(clock.monotonicMs()).toBe(2_000);
  });

  it("is found again after a restart, and what was under way is reported as lost", async () => {
    const { ask, restart, failures } = bench({ a: [1_000] });
    expect(await ask(B, cancel(B))).toBe("t-done");
    const broken = ask(A, readStore(A)).catch((error) => error.code);
    await new Promise((resolve) => setImmediate(resolve));
    await restart();
    expect(await broken).toBe("DEVICE_LOST");
    expect(await ask(A, cancel(A))).toBe("t-done");
    expect(failures).toEqual([]);
  });

  it("says when nobody serves the LAN", async () => {
    const clock = new VirtualClock(new Date(0));
    const endpoint = inProcessEndpoint(async () => undefined);
    await endpoint[Symbol.asyncDispose]();
    const access = lanTerminals(endpoint, clock);
    await expect(access.exchange(A, cancel(A), deadlineIn(clock, 100))).rejects.toMatchObject({
      code: "SERVICE_ABSENT",
    });
  });
});

describe("concentrator model", () => {
  const state = createConcentrator([A]);

  it("drops a frame without a whole header, and refuses an empty message", () => {
    expect(concentrator.handle(state, { kind: "frame", channel: 1, bytes: fromHex("000001") })).toMatchObject({
      state,
      outputs: [{ kind: "log", entry: "frame-dropped" }],
    });
    const { outputs } = concentrator.handle(state, { kind: "frame", channel: 1, bytes: fromHex(A) });
    const sent = outputs.find((output) => output.kind === "send");
    expect(sent && toHex(sent.bytes)).toBe(`${A}F50CDF220400000001DF1B02A001`);
  });

  it("drops an answer that no request waits for", () => {
    const { outputs } = concentrator.handle(state, { kind: "answer", IDTERM: A, bytes: cancel(A) });
    expect(outputs).toEqual([{ kind: "log", entry: "late-answer-dropped", fields: { IDTERM: A } }]);
  });

  it("lets 16 messages wait for a busy terminal and refuses the next with A007", () => {
    let now = state;
    const outputs = [];
    for (let count = 0; count < 18; count++) {
      const step = concentrator.handle(now, { kind: "frame", channel: 1, bytes: fromHex(`${A}${toHex(cancel(A))}`) });
      now = step.state;
      outputs.push(...step.outputs);
    }
    expect(outputs.map((output) => output.kind)).toEqual(["forward", "log", "send"]);
    expect(outputs[1]).toMatchObject({ fields: { CC: "A007" } });
  });
});

describe("terminals without a concentrator", () => {
  it("are reached by number", async () => {
    const clock = new VirtualClock(new Date(0));
    const access = directTerminals(new Map([[A, slowTerminal(clock, [])]]));
    const deadline = deadlineIn(clock, 1_000);
    expect(parseMessage(await access.exchange(A, cancel(A), deadline)).kind).toBe("t-done");
    expect(parseMessage(await access.exchange(B, cancel(B), deadline))).toMatchObject({
      kind: "t-refusal",
      CC: "A009",
    });
  });
});

describe("terminals that are reached in different ways", () => {
  it("are each reached in exactly one", async () => {
    const { a, b, access, clock } = bench();
    const c = slowTerminal(clock, []);
    const routes = routedTerminals(
      new Map([
        [A, access],
        [B, directTerminals(new Map([[B, c]]))],
      ]),
    );
    const deadline = deadlineIn(clock, 1_000);
    for (const IDTERM of [A, B]) await routes.exchange(IDTERM, readStore(IDTERM), deadline);
    expect([a.asked, b.asked, c.asked]).toEqual([["t-read-store"], [], ["t-read-store"]]);
    expect(parseMessage(await routes.exchange("000000FF", cancel("000000FF"), deadline))).toEqual({
      kind: "t-refusal",
      IDTERM: "000000FF",
      IDTRX: X,
      CC: "A009",
    });
  });
});

describe("which answer belongs to which request", () => {
  const DIGEST = "CD".repeat(32);
  const LINES = fromHex("0001230978020000000004E200000001");
  const collect = encodeMessage({ kind: "t-collect", IDTERM: A, DIGEST, LINES });
  const collected = (digest: string) => {
    const batch = { BATCHNO: "0007890000A10001", NTCOL: 1, DIGEST: digest, LINES, S4: new Uint8Array(8) };
    return encodeMessage({ kind: "t-collected", IDTERM: A, ...batch });
  };
  const acknowledge = encodeMessage({ kind: "t-acknowledge", IDTERM: A, NTCOL: 1, S5: new Uint8Array(8) });
  const update = encodeMessage({ kind: "t-update", IDTERM: A, UPDATE: new Uint8Array(25) });
  const done = (IDTRX: string) => encodeMessage({ kind: "t-done", IDTERM: A, IDTRX, CC: "0000" });
  const refusal = encodeMessage({ kind: "t-refusal", IDTERM: A, CC: "9418" });
  const NONE = "00".repeat(16);

  it.each([
    ["T-collected to the T-collect of that DIGEST", collect, collected(DIGEST), true],
    ["T-collected of another collection", collect, collected("EF".repeat(32)), false],
    ["T-done to T-collect", collect, done(NONE), false],
    ["T-done to T-acknowledge", acknowledge, done(NONE), true],
    ["T-done to T-update", update, done(NONE), true],
    ["T-done of a cancelled transaction to T-acknowledge", acknowledge, done(X), false],
    ["T-done to T-acknowledge after T-cancel", cancel(A), done(NONE), false],
    ["T-done of that transaction to T-cancel", cancel(A), done(X), true],
    ["T-refusal to T-collect", collect, refusal, true],
    ["T-refusal to T-update", update, refusal, true],
  ])("%s", (_what, request, answer, isAnswer) => {
    expect(canAnswer(request, answer)).toBe(isAnswer);
  });

  it("passes messages of collection on like any other", () => {
    for (const message of [collect, acknowledge, update]) {
      const state = createConcentrator([A]);
      const bytes = fromHex(A + toHex(message));
      const { outputs } = concentrator.handle(state, { kind: "frame", channel: 1, bytes });
      expect(outputs).toEqual([{ kind: "forward", IDTERM: A, message }]);
    }
  });
});
