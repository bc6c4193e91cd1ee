import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "../../core/bytes.ts";
import { elementSpec } from "../../protocol/messages/elements.ts";
import { placesOf } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { parseTlv } from "../../protocol/tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../../protocol/tlv/write-tlv.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { paymentServer } from "./model.ts";
import { newThread, type PaymentState } from "./phase.ts";
import { cardResponse, debitData, debitResponse, drawRequest, IDTERM, IDTRX, KMER } from "./test-bench.ts";
import { LayeredHeadEnd } from "./testing/layered-head-end.ts";
import { contractOf } from "./testing/merchants.ts";

const EURO = [{ CURR: "0978", CEXP: 2 }];
const fresh = { nonce: new Uint8Array(12), layerNonce: new Uint8Array(12).fill(1) };

/** What the role wants after `inputs`, input by input. */
function fed(...inputs: readonly PaymentInput[]): { state: PaymentState; outputs: readonly PaymentOutput[] } {
  let step: { state: PaymentState; outputs: readonly PaymentOutput[] } = { state: newThread(EURO), outputs: [] };
  for (const input of inputs) step = paymentServer.handle(step.state, input);
  return step;
}

const message = (bytes: Uint8Array): PaymentInput => ({ kind: "message", bytes, ...fresh });
const answer = (bytes: Uint8Array): PaymentInput => ({ kind: "terminal-answer", bytes, ...fresh });

function codeSent(outputs: readonly PaymentOutput[]): string | undefined {
  const sent = outputs.find((output) => output.kind === "send");
  const said = sent?.kind === "send" ? parseMessage(sent.bytes) : undefined;
  return said?.kind === "refusal" ? said.CC : undefined;
}

const upToTerminal: readonly PaymentInput[] = [
  { kind: "connected" },
  message(encodeMessage(drawRequest())),
  { kind: "merchant", contract: { KMER, active: true }, ...fresh },
  { kind: "registered", isNew: true },
  { kind: "terminal", IDTERM },
];
const upToDebit: readonly PaymentInput[] = [
  ...upToTerminal,
  answer(encodeMessage({ kind: "t-debit", IDTERM, IDTRX, DEBITDATA: debitData({ IDTRX, MPDA: 1234 }, 1) })),
];

describe("the payment server's model asks for one thing after the other", () => {
  test.each([
    ["a first message", upToTerminal.slice(0, 1), "await-head-end"],
    ["the merchant", upToTerminal.slice(0, 2), "find-merchant"],
    ["its registration", upToTerminal.slice(0, 3), "register"],
    ["a terminal", upToTerminal.slice(0, 4), "acquire-terminal"],
    ["a debit command", upToTerminal, "ask-terminal"],
    ["the card's answer", upToDebit, "await-head-end"],
    ["the terminal's result", [...upToDebit, message(encodeMessage(debitResponse()))], "ask-terminal"],
  ])("%s", (_what, inputs, last) => {
    expect(fed(...inputs).outputs.at(-1)?.kind).toBe(last);
  });

  test("writes debit-sent and its log before the debit command is sent", () => {
    expect(fed(...upToDebit).outputs.map(({ kind }) => kind)).toEqual(["log", "update", "send", "await-head-end"]);
  });

  test("writes the outcome before the debit result is sent, and frees the terminal after it", () => {
    const refused = encodeMessage({ kind: "t-result", IDTERM, IDTRX, CC: "9404" });
    const { outputs } = fed(...upToDebit, message(encodeMessage(debitResponse())), answer(refused));
    expect(outputs.map(({ kind }) => kind)).toEqual(["log", "log", "update", "send", "release-terminal", "log", "end"]);
  });

  test("does not let a lost channel disturb what the terminal has under way", () => {
    const waiting = fed(...upToTerminal);
    expect(paymentServer.handle(waiting.state, { kind: "lost" })).toEqual({ state: waiting.state, outputs: [] });
  });

  test("gives up after sixteen messages that do not belong here", () => {
    const strays = Array.from({ length: 17 }, () => message(Uint8Array.of(0)));
    expect(fed(...upToDebit, ...strays.slice(1)).outputs.at(-1)?.kind).toBe("await-head-end");
    expect(fed(...upToDebit, ...strays).outputs).toContainEqual(
      expect.objectContaining({ kind: "update", change: expect.objectContaining({ status: "unresolved" }) }),
    );
  });
});

const mandatory = placesOf("draw-request").flatMap(({ name, optional }) => (optional ? [] : [name]));

/** The parts of the draw request as they stand on the wire. */
function drawParts(): readonly { name: string; bytes: Uint8Array; tag: number }[] {
  return mandatory.map((name) => {
    const parsed = parseTlv(encodeMessage(drawRequest()), { maxBytes: 1_000, maxDepth: 4 });
    const tag = elementSpec(name).tag ?? 0;
    const node = parsed.ok ? parsed.nodes[0]?.children?.find((child) => child.tag === tag) : undefined;
    if (node === undefined) throw new Error(`${name} is not in the draw request`);
    return { name, tag, bytes: node.value };
  });
}

function drawWith(change: (name: string, bytes: Uint8Array) => readonly Uint8Array[]): Uint8Array {
  const elements = drawParts().flatMap(({ name, tag, bytes }) =>
    change(name, bytes).map((part) => encodeTlv(tag, part)),
  );
  return encodeTemplate(0xea, ...elements);
}

describe("a draw request that is malformed", () => {
  const harm: readonly [string, (bytes: Uint8Array) => readonly Uint8Array[]][] = [
    ["missing", () => []],
    ["twice there", (bytes) => [bytes, bytes]],
    ["empty", () => [new Uint8Array(0)]],
    ["too long", (bytes) => [concat(bytes, new Uint8Array(40))]],
  ];
  const cases = mandatory.flatMap((name) => harm.map(([how, change]) => ({ name, how, change })));

  test("is built by these tests from a sound one", () => {
    expect(drawWith((_name, bytes) => [bytes])).toEqual(encodeMessage(drawRequest()));
    expect(cases).toHaveLength(40);
  });

  test.each(cases)("because $name is $how is refused with A001 and goes no further", ({ name, change }) => {
    const bytes = drawWith((each, value) => (each === name ? change(value) : [value]));
    const { outputs } = fed({ kind: "connected" }, message(bytes));
    expect(codeSent(outputs)).toBe("A001");
    expect(outputs.map(({ kind }) => kind)).toEqual(["log", "log", "send", "end"]);
  });

  test.each([
    ["TOKEN", Uint8Array.of(0xd2)],
    ["STATE", Uint8Array.of(0)],
    ["IDMER", new TextEncoder().encode("shop0001")],
    ["MPDA", new Uint8Array(4)],
    ["CURRPDA", Uint8Array.of(0x09, 0x7a)],
    ["CEXPPDA", Uint8Array.of(4)],
    ["ATR", Uint8Array.of(0x3b)],
    ["INITRSP", new Uint8Array(27).fill(0xff)],
  ])("because %s is outside of its values is refused with A001", (name, value) => {
    const bytes = drawWith((each, sound) => [each === name ? value : sound]);
    expect(codeSent(fed({ kind: "connected" }, message(bytes)).outputs)).toBe("A001");
  });

  test("because it is cut off anywhere is refused with A001", () => {
    const whole = encodeMessage(drawRequest());
    for (let length = 0; length < whole.length; length++) {
      expect(codeSent(fed({ kind: "connected" }, message(whole.slice(0, length))).outputs)).toBe("A001");
    }
  });
});

test("nothing that is said in any order makes the model throw, wait for two things, or confirm without a result", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.constantFrom(
      encodeMessage(drawRequest()),
      encodeMessage(debitResponse()),
      encodeMessage(debitResponse({ CARDRSP: cardResponse("BBBBBBBBBBBBBBBB"), RECOVERED: 1 })),
      encodeMessage({ kind: "t-debit", IDTERM, IDTRX, DEBITDATA: debitData({ IDTRX, MPDA: 1234 }, 1) }),
      encodeMessage({ kind: "t-result", IDTERM, IDTRX, CC: "9302" }),
      encodeMessage({ kind: "t-done", IDTERM, IDTRX, CC: "0000" }),
      encodeMessage({ kind: "notice", IDTRX, CC: "0000", CARDRSP: cardResponse("BBBBBBBBBBBBBBBB"), SW: "9000" }),
      encodeMessage(drawRequest({ IDMER: "SHOP0005" })),
      encodeMessage(new LayeredHeadEnd("AES-128-GCM", "SHOP0014", IDTRX).opening(drawRequest({ IDMER: "SHOP0014" }))),
    ),
  );
  const input: fc.Arbitrary<PaymentInput> = fc.oneof(
    bytes.map(message),
    bytes.map(answer),
    fc.constantFrom<PaymentInput>(
      ...upToTerminal,
      { kind: "silence" },
      { kind: "lost" },
      { kind: "terminal-silent" },
      { kind: "found", rows: [] },
      { kind: "merchant", contract: undefined, ...fresh },
      { kind: "merchant", contract: contractOf("SHOP0005"), ...fresh },
      { kind: "merchant", contract: contractOf("SHOP0014"), ...fresh },
      { kind: "undecipherable", IDTRX },
      { kind: "posted", status: 200 },
    ),
  );
  const waits = new Set([
    "await-head-end",
    "find-merchant",
    "register",
    "find-transactions",
    "acquire-terminal",
    "ask-terminal",
    "post-confirmation",
  ]);
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
      let state = fed(...upToDebit.slice(0, inputs.length % 7)).state;
      for (const each of inputs) {
        const step = paymentServer.handle(state, each);
        state = step.state;
        const waiting = step.outputs.map(({ kind }) => waits.has(kind));
        expect(waiting.indexOf(true)).toBe(waiting.length === 0 || !waiting.includes(true) ? -1 : waiting.length - 1);
        expect(step.outputs).not.toContainEqual(
          expect.objectContaining({ kind: "update", change: expect.objectContaining({ status: "confirmed" }) }),
        );
      }
    }),
  );
});
