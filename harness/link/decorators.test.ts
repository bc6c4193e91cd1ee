import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import type { TraceEvent } from "../core/trace.ts";
import { memoryChannelPair } from "../device/virtual/message-channel-pair.ts";
import type { LinkFault } from "../flows/system.ts";
import type { Ends } from "./ends.ts";
import type { HttpRequest } from "./exchange.ts";
import { FaultBoard } from "./fault-board.ts";
import { faultyChannel, faultyExchange, faultyHttp } from "./faulty.ts";
import { recordChannel, recordExchange, recordHttp } from "./record.ts";

const LINK_236: Ends = { link: "236", near: "head-end", far: "payment-server" };
const SAM: Ends = { link: "SAM", near: "terminal", far: "psam" };
const LINK_234: Ends = { link: "234", near: "head-end", far: "merchant" };

const DRAW = fromHex("EA03010203");
const DEBIT = fromHex("EB03040506");

function fault(act: LinkFault["act"], more: Partial<LinkFault> = {}): LinkFault {
  return { link: "236", from: "head-end", what: "test", act, ...more };
}

/** A link 236 with recorder outside and faults inside, and the far end of the carrier. */
function channel() {
  const clock = new VirtualClock(new Date(0));
  const trace: TraceEvent[] = [];
  const sink = (event: TraceEvent) => void trace.push(event);
  const board = new FaultBoard(sink);
  const [inner, far] = memoryChannelPair();
  const near = recordChannel(faultyChannel(inner, LINK_236, board), LINK_236, sink);
  const receive = async (end = near) => {
    const message = await end.receive(deadlineIn(clock, 100));
    return message && toHex(message);
  };
  const messages = () =>
    trace.flatMap((event) => (event.kind === "message" ? [`${event.step} ${toHex(event.bytes)}`] : []));
  const faults = () => trace.filter((event) => event.kind === "fault");
  return { clock, trace, board, near, far, receive, messages, faults };
}

describe("recorder and faults on a channel", () => {
  it("let everything pass and record it with its step when nothing is to be disturbed", async () => {
    const { near, far, receive, trace } = channel();
    await near.send(DRAW);
    await far.send(DEBIT);
    expect([await receive(far), await receive(near)]).toEqual([toHex(DRAW), toHex(DEBIT)]);
    expect(trace).toEqual([
      { kind: "message", link: "236", from: "head-end", to: "payment-server", step: "612", bytes: DRAW },
      { kind: "message", link: "236", from: "payment-server", to: "head-end", step: "616", bytes: DEBIT },
    ]);
  });

  it("record what the near role sent, and as a fault what the far role got instead", async () => {
    const { near, far, receive, board, messages, faults } = channel();
    const disturbance = board.add(fault((bytes) => flipBit(bytes, 39), { message: 0xea }));
    await near.send(DRAW);
    expect(await receive(far)).toBe("EA03010202");
    expect(messages()).toEqual(["612 EA03010203"]);
    expect(faults()).toEqual([
      { kind: "fault", link: "236", what: "test", before: DRAW, after: fromHex("EA03010202") },
    ]);
    expect(disturbance.hits).toBe(1);
  });

  it("record what the near role finally got", async () => {
    const { far, receive, board, messages } = channel();
    board.add(fault(() => fromHex("EE00"), { from: "payment-server" }));
    await far.send(DEBIT);
    expect(await receive()).toBe("EE00");
    expect(messages()).toEqual(["undefined EE00"]);
  });

  it("lose, repeat and multiply messages", async () => {
    const { near, far, receive, board, faults } = channel();
    const lost = board.add(fault(() => [], { times: 1 }));
    board.add(fault((bytes) => [bytes, bytes], { times: 1, skip: 1 }));
    for (const tag of ["EA01", "EA02", "EA03"]) await near.send(fromHex(tag));
    expect([await receive(far), await receive(far), await receive(far)]).toEqual(["EA02", "EA02", "EA03"]);
    await expect(receive(far)).rejects.toMatchObject({ code: "DEVICE_SILENT" });
    expect(lost.hits).toBe(1);
    expect(faults()).toHaveLength(2);
  });

  it("hit only the messages that match, in the direction that was said", async () => {
    const { near, far, receive, board } = channel();
    board.add(fault(() => [], { message: 0xeb }));
    board.add(fault(() => [], { link: "LAN" }));
    await near.send(DRAW);
    await far.send(DEBIT);
    expect([await receive(far), await receive()]).toEqual([toHex(DRAW), toHex(DEBIT)]);
  });

  it("are not counted as faults when they change nothing", async () => {
    const { near, board, faults } = channel();
    const watching = board.add(fault((bytes) => bytes));
    await near.send(DRAW);
    expect([watching.hits, faults()]).toEqual([1, []]);
  });

  it("close the link for both sides on lose-link, whichever sent", async () => {
    for (const from of ["head-end", "payment-server"] as const) {
      const { near, far, receive, board, faults } = channel();
      board.add(fault(() => "lose-link", { from }));
      await (from === "head-end" ? near.send(DRAW) : far.send(DEBIT));
      await expect(receive(near)).rejects.toMatchObject({ code: "DEVICE_LOST" });
      expect(await receive(far)).toBeNull();
      await expect(near.send(DRAW)).rejects.toMatchObject({ code: "DEVICE_LOST" });
      expect(faults()).toMatchObject([{ before: from === "head-end" ? DRAW : DEBIT }]);
    }
  });

  it("deliver what is late before the sender's next message, and at the latest with the end of the channel", async () => {
    const { near, far, receive, board } = channel();
    board.add(fault(() => "late", { message: 0xea, times: 2 }));
    await near.send(fromHex("EA01"));
    await expect(receive(far)).rejects.toMatchObject({ code: "DEVICE_SILENT" });
    await near.send(DEBIT);
    await near.send(fromHex("EA02"));
    await near[Symbol.asyncDispose]();
    const got = [await receive(far), await receive(far), await receive(far), await receive(far)];
    expect(got).toEqual(["EA01", toHex(DEBIT), "EA02", null]);
  });

  it("keep what comes late until the one who waits for it has given up", async () => {
    const { far, receive, board, clock } = channel();
    board.add(fault(() => "late", { from: "payment-server" }));
    await far.send(DEBIT);
    await expect(receive()).rejects.toMatchObject({ code: "DEVICE_SILENT" });
    expect(clock.monotonicMs()).toBe(100);
    expect(await receive()).toBe(toHex(DEBIT));
  });

  it("call back before the message is delivered, and not after they were disposed", async () => {
    const { near, far, receive, board } = channel();
    const order: string[] = [];
    const hook = board.when({ link: "236", from: "head-end", message: 0xea }, async () => {
      await Promise.resolve();
      order.push("called");
    });
    await near.send(DRAW);
    order.push((await receive(far)) ?? "closed");
    hook[Symbol.dispose]();
    await near.send(DRAW);
    expect([order, hook.hits]).toEqual([["called", toHex(DRAW)], 1]);
  });
});

describe("recorder and faults on an exchange", () => {
  function exchange(answer = fromHex("9000")) {
    const clock = new VirtualClock(new Date(0));
    const trace: TraceEvent[] = [];
    const sink = (event: TraceEvent) => void trace.push(event);
    const board = new FaultBoard(sink);
    const asked: string[] = [];
    const inner = {
      async exchange(request: Uint8Array) {
        asked.push(toHex(request));
        return answer;
      },
    };
    const sam = recordExchange(faultyExchange(inner, SAM, board), SAM, sink);
    const ask = () => sam.exchange(fromHex("90720000"), deadlineIn(clock, 3_000));
    return { clock, trace, board, asked, ask };
  }
  const onSam = (act: LinkFault["act"], from: LinkFault["from"]) => fault(act, { link: "SAM", from, message: 0x72 });

  it("give the answer the step of its command", async () => {
    const { ask, trace } = exchange();
    await ask();
    expect(trace.map((event) => event.kind === "message" && event.step)).toEqual(["688", "692"]);
  });

  it("make a lost request and a lost answer silence until the deadline", async () => {
    for (const from of ["terminal", "psam"] as const) {
      const { ask, board, asked, clock } = exchange();
      board.add(onSam(() => [], from));
      await expect(ask()).rejects.toMatchObject({ code: "DEVICE_SILENT" });
      expect(asked).toHaveLength(from === "terminal" ? 0 : 1);
      expect(clock.monotonicMs()).toBe(3_000);
    }
  });

  it("ask what is late after its deadline, before the next request, and give its answer to nobody", async () => {
    const { ask, board, asked, clock } = exchange();
    board.add({ ...onSam(() => "late", "terminal"), times: 1 });
    await expect(ask()).rejects.toMatchObject({ code: "DEVICE_SILENT" });
    expect([asked.length, clock.monotonicMs()]).toEqual([0, 3_000]);
    expect(toHex(await ask())).toBe("9000");
    expect(asked).toHaveLength(2);
  });

  it("ask twice for a repeated request, and match an answer by the command that it answers", async () => {
    const { ask, board, asked } = exchange();
    board.add(onSam((bytes) => [bytes, bytes], "terminal"));
    board.add(onSam(() => fromHex("9302"), "psam"));
    expect(toHex(await ask())).toBe("9302");
    expect(asked).toEqual(["90720000", "90720000"]);
  });

  it("break with DEVICE_LOST on lose-link", async () => {
    const { ask, board } = exchange();
    board.add(onSam(() => "lose-link", "psam"));
    await expect(ask()).rejects.toMatchObject({ code: "DEVICE_LOST" });
  });
});

describe("recorder and faults on HTTP", () => {
  const request: HttpRequest = { method: "POST", path: "/checkout", headers: { cookie: "session=1" }, body: "item=1" };
  const text = (value: string) => new TextEncoder().encode(value);

  it("act on the body, keep the rest, and record request and answer as text with their steps", async () => {
    const clock = new VirtualClock(new Date(0));
    const trace: TraceEvent[] = [];
    const sink = (event: TraceEvent) => void trace.push(event);
    const board = new FaultBoard(sink);
    const got: HttpRequest[] = [];
    const inner = async (_origin: string, each: HttpRequest) => {
      got.push(each);
      return { status: 200, headers: {}, body: "<html>" };
    };
    const http = recordHttp(faultyHttp(inner, LINK_234, board), LINK_234, sink);
    board.add(fault(() => text("item=2"), { link: "234", message: "POST /checkout" }));
    board.add(fault(() => text("gone"), { link: "234", from: "merchant", message: "response" }));
    const response = await http("https://site", request, deadlineIn(clock, 1_000));
    expect(response).toEqual({ status: 200, headers: {}, body: "gone" });
    expect(got).toEqual([{ ...request, body: "item=2" }]);
    const seen = trace.flatMap((event) =>
      event.kind === "message" ? [[event.step, new TextDecoder().decode(event.bytes)]] : [],
    );
    expect(seen).toEqual([
      ["604", "POST /checkout\n\nitem=1"],
      ["606", "200\n\ngone"],
    ]);
  });

  it("deliver a late request when nobody waits for its answer any more", async () => {
    const clock = new VirtualClock(new Date(0));
    const board = new FaultBoard(() => undefined);
    const got: [string, number][] = [];
    const inner = async (_origin: string, each: HttpRequest) => {
      got.push([each.body, clock.monotonicMs()]);
      return { status: 200, headers: {}, body: "<html>" };
    };
    const http = faultyHttp(inner, LINK_234, board);
    board.add(fault(() => "late", { link: "234", message: "POST /checkout" }));
    await expect(http("https://site", request, deadlineIn(clock, 1_000))).rejects.toMatchObject({
      code: "DEVICE_SILENT",
    });
    expect(got).toEqual([["item=1", 1_000]]);
  });
});
