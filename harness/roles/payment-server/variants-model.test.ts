import { describe, expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { BASE_PROFILE, type Comparison, compareCode } from "../../core/sale-profile.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { paymentServer } from "./model.ts";
import { newThread, type PaymentState } from "./phase.ts";
import { cardResponse, debitData, debitResponse, drawRequest, IDTERM, IDTRX } from "./test-bench.ts";
import { KMER } from "./testing/merchants.ts";
import { PSAMCERT, SESSKEY } from "./testing/scripted-terminals.ts";

const NONE = new Uint8Array(0);
const fresh = { nonce: new Uint8Array(12).fill(7), layerNonce: new Uint8Array(12).fill(8) };
const IDMERS = {
  psam: "SHOP0001",
  "payment-server": "SHOP0005",
  "head-end": "SHOP0006",
  merchant: "SHOP0007",
} as const;

const message = (said: Parameters<typeof encodeMessage>[0]): PaymentInput => ({
  ...{ kind: "message", bytes: encodeMessage(said) },
  ...fresh,
});
const answer = (said: Parameters<typeof encodeMessage>[0]): PaymentInput => ({
  ...{ kind: "terminal-answer", bytes: encodeMessage(said) },
  ...fresh,
});

function upToTerminal(comparison: Comparison, terminals?: readonly string[]): readonly PaymentInput[] {
  const contract = { KMER, active: true, profile: { ...BASE_PROFILE, comparison }, terminals };
  return [
    { kind: "connected" },
    message(drawRequest({ IDMER: IDMERS[comparison] })),
    { kind: "merchant", contract, ...fresh },
    { kind: "registered", isNew: true },
    { kind: "terminal", IDTERM },
  ];
}

const T_DEBIT = { kind: "t-debit", IDTERM, IDTRX, DEBITDATA: debitData({ IDTRX, MPDA: 1234 }, 1) } as const;
const T_DONE = answer({ kind: "t-done", IDTERM, IDTRX, CC: "0000" });
const NOTICE = message({ kind: "notice", IDTRX, CC: "0000", CARDRSP: cardResponse(), SW: "9000" });
const MUTE = debitResponse({ CARDRSP: NONE, SW: "0000" });

function upToDebit(comparison: Comparison): readonly PaymentInput[] {
  return [...upToTerminal(comparison), answer({ ...T_DEBIT, EXPECTED: cardResponse() })];
}

function fed(...inputs: readonly PaymentInput[]): { state: PaymentState; outputs: readonly PaymentOutput[] } {
  let step: { state: PaymentState; outputs: readonly PaymentOutput[] } = {
    ...{ state: newThread([{ CURR: "0978", CEXP: 2 }]), outputs: [] },
  };
  for (const input of inputs) step = paymentServer.handle(step.state, input);
  return step;
}

/** Outputs by what matters of them: entries of logs, statuses of rows, kinds of messages. */
function seen(outputs: readonly PaymentOutput[]): readonly string[] {
  return outputs.map((output) => {
    switch (output.kind) {
      case "log":
        return `log ${output.entry}`;
      case "update":
        return `row ${output.change.status}${output.change.owedMode === undefined ? "" : ` owes ${output.change.owedMode}`}`;
      case "send":
      case "ask-terminal":
        return `${output.kind} ${parseMessage(output.bytes).kind}`;
      default:
        return output.kind;
    }
  });
}

const terminal: PaymentInput = { kind: "terminal", IDTERM };
const noTerminal: PaymentInput = { kind: "terminal", IDTERM: undefined };
const wrong = message(debitResponse({ CARDRSP: cardResponse("BB".repeat(8)) }));
const ownRefusal = message(debitResponse({ CARDRSP: cardResponse("AA".repeat(8), "9401") }));
const refused = message(debitResponse({ CARDRSP: NONE, SW: "6985" }));
const reversing = ["acquire-terminal"];
const received = "log debit-response-received";
const unresolved = ["log transaction-unresolved", "row unresolved owes 1", "send refusal", ...reversing];
const reversed = ["log transaction-reversed", "cancel-answered", "release-terminal", "end"];

const issued = ["log debit-command-sent", "row debit-sent", "release-terminal", "log terminal-released"];
const table: readonly [string, readonly PaymentInput[], readonly string[]][] = [
  ["T-draw", upToTerminal("merchant"), ["log terminal-selected", "row accepted", "ask-terminal t-draw"]],
  ["T-debit, FIG 5", upToDebit("payment-server"), [...issued, "send debit-command", "await-head-end"]],
  ["T-debit, FIG 6", upToDebit("head-end"), [...issued, "send debit-command", "await-head-end"]],
  ["T-debit, FIG 7", upToDebit("merchant"), [...issued, "send debit-command", "await-head-end"]],
  [
    "the expected answer",
    [...upToDebit("payment-server"), message(debitResponse())],
    [
      ...[received, "log signatures-compared", "log terminal-response"],
      ...["log confirmation-sent", "row confirmed", "send debit-result", "end"],
    ],
  ],
  [
    "a wrong answer",
    [...upToDebit("payment-server"), wrong],
    [received, "log signatures-compared", "row response-received", "send refusal", "await-head-end"],
  ],
  [
    "a second wrong answer",
    [...upToDebit("payment-server"), wrong, wrong],
    [received, "log signatures-compared", ...unresolved],
  ],
  ["no answer of the card", [...upToDebit("payment-server"), message(MUTE)], [received, ...unresolved]],
  ["silence", [...upToDebit("payment-server"), { kind: "silence" }], unresolved],
  ["a lost channel", [...upToDebit("merchant"), { kind: "lost" }], unresolved],
  [
    "a refusal of the card",
    [...upToDebit("payment-server"), refused],
    [received, "log confirmation-sent", "row failed owes 0", "send debit-result", ...reversing],
  ],
  [
    "the terminal for a reversal",
    [...upToDebit("payment-server"), { kind: "silence" }, terminal],
    ["ask-terminal t-cancel"],
  ],
  ["a reversal made", [...upToDebit("payment-server"), { kind: "silence" }, terminal, T_DONE], reversed],
  [
    "a reversal unheard",
    [...upToDebit("payment-server"), { kind: "silence" }, terminal, { kind: "terminal-silent" }],
    ["log reversal-not-made", "release-terminal", "end"],
  ],
  [
    "a reversal that the terminal could not make",
    [
      ...upToDebit("payment-server"),
      { kind: "silence" },
      terminal,
      answer({ kind: "t-done", IDTERM, IDTRX, CC: "A010" }),
    ],
    ["log reversal-not-made", "release-terminal", "end"],
  ],
  [
    "no terminal for a reversal",
    [...upToDebit("payment-server"), { kind: "silence" }, noTerminal],
    ["log reversal-owed", "owe-cancel", "end"],
  ],
  ["a signed refusal", [...upToDebit("payment-server"), ownRefusal], [received, "row response-received", ...reversing]],
  [
    "the terminal to judge it",
    [...upToDebit("payment-server"), ownRefusal, terminal],
    ["log terminal-selected", "ask-terminal t-response"],
  ],
  ["no terminal to judge it", [...upToDebit("payment-server"), ownRefusal, noTerminal], unresolved],
  [
    "the PSAM's word that it is genuine",
    [...upToDebit("payment-server"), ownRefusal, terminal, answer({ kind: "t-result", IDTERM, IDTRX, CC: "9404" })],
    [
      ...["log terminal-response", "log transaction-reversed", "log confirmation-sent", "row failed"],
      ...["send debit-result", "release-terminal", "log terminal-released", "end"],
    ],
  ],
  [
    "the PSAM's word that it is forged",
    [...upToDebit("payment-server"), ownRefusal, terminal, answer({ kind: "t-result", IDTERM, IDTRX, CC: "9302" })],
    [
      ...["log terminal-response", "row response-received", "release-terminal", "log terminal-released"],
      ...["send refusal", "await-head-end"],
    ],
  ],
  [
    "the PSAM's silence on it",
    [...upToDebit("payment-server"), ownRefusal, terminal, { kind: "terminal-silent" }],
    ["log transaction-unresolved", "row unresolved owes 1", "send refusal", "ask-terminal t-cancel"],
  ],
  ["a notice, FIG 6", [...upToDebit("head-end"), NOTICE], ["log notice-received", "row confirmed", "end"]],
  ["a notice, FIG 7", [...upToDebit("merchant"), NOTICE], ["log notice-received", "row confirmed", "end"]],
  ["a T-debit without the expected answer", [...upToTerminal("merchant"), answer(T_DEBIT)], ["ask-terminal t-cancel"]],
  [
    "a withdrawal that the terminal could not make",
    [...upToTerminal("merchant"), answer(T_DEBIT), answer({ kind: "t-done", IDTERM, IDTRX, CC: "A010" })],
    [
      ...["log draw-request-refused", "row refused owes 0", "send refusal"],
      ...["release-terminal", "log terminal-released", "end"],
    ],
  ],
];

describe("where somebody else than the PSAM compares, the model's steps after", () => {
  test.each(table)("%s", (_what, inputs, expected) => {
    expect(seen(fed(...inputs).outputs)).toEqual(expected);
  });
});

test.each(["payment-server", "head-end", "merchant"] as const)("T-draw says who compares: %s", (comparison) => {
  const asked = fed(...upToTerminal(comparison)).outputs.at(-1);
  expect(asked?.kind === "ask-terminal" ? parseMessage(asked.bytes) : asked).toMatchObject({
    ...{ kind: "t-draw", IDTERM, IDTRX, COMPARE: compareCode(comparison) },
  });
});

describe("a contract with terminals of its own", () => {
  test("is served by one of them only", () => {
    const { outputs } = fed(...upToTerminal("psam", ["0000000a", "0000000B"]).slice(0, 4));
    expect(outputs).toEqual([{ kind: "acquire-terminal", among: ["0000000A", "0000000B"] }]);
  });

  test("asks for one that has room for what it will issue", () => {
    const { outputs } = fed(...upToTerminal("merchant", ["0000000A"]).slice(0, 4));
    expect(outputs).toEqual([{ kind: "acquire-terminal", among: ["0000000A"], issues: true }]);
  });
});

describe("public key cards", () => {
  const CERTS = new Uint8Array(488).fill(0xce);
  const drawn = [
    ...upToTerminal("psam").slice(0, 1),
    message(drawRequest({ CERTS })),
    ...upToTerminal("psam").slice(2),
  ];

  test("have their certificates taken to the terminal, and the PSAM's proof to the card", () => {
    const asked = fed(...drawn).outputs.at(-1);
    const draw = asked?.kind === "ask-terminal" ? parseMessage(asked.bytes) : undefined;
    expect(draw?.kind === "t-draw" && toHex(draw.CERTS ?? NONE)).toBe(toHex(CERTS));
    const { outputs } = fed(...drawn, answer({ ...T_DEBIT, PSAMCERT, SESSKEY }));
    const sent = outputs.find((output) => output.kind === "send");
    expect(sent?.kind === "send" && parseMessage(sent.bytes)).toMatchObject({ PSAMCERT, SESSKEY });
  });

  test.each([
    ["neither", T_DEBIT],
    ["no session key", { ...T_DEBIT, PSAMCERT }],
    ["no certificate", { ...T_DEBIT, SESSKEY }],
  ])("get no debit command that has %s", (_what, debit) => {
    expect(seen(fed(...drawn, answer(debit)).outputs)).toEqual(["ask-terminal t-cancel"]);
  });

  test("are the only ones whose debit command has them", () => {
    const given = answer({ ...T_DEBIT, PSAMCERT, SESSKEY });
    expect(seen(fed(...upToTerminal("psam"), given).outputs)).toEqual(["ask-terminal t-cancel"]);
  });
});
