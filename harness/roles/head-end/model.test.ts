import { describe, expect, it } from "vitest";
import { checkCard, isExpired } from "./checks.ts";
import { isDebited } from "./debit.ts";
import type { HeadEndInput } from "./events.ts";
import { headEnd } from "./model.ts";
import { statusAddress } from "./sites.ts";
import { type HeadEndPhase, type HeadEndState, newSession } from "./state.ts";
import { E1, E3, EB, EC, ED, IDTRX, ORIGIN, page } from "./test-bench.ts";
import { fitted } from "./texts.ts";

const PHASES: readonly HeadEndPhase[] = [
  "start",
  "ordering",
  "checkout",
  "card-information",
  "connecting",
  "drawing",
  "commanding",
  "debiting",
  "responding",
  "confirming",
  "delivering",
  "fetching",
  "judging",
  "noticing",
  "over",
];

const MESSAGES = [E1, E3, EB, EC, ED, { kind: "stop", IDTRX, CC: "A011" }, { kind: "refusal", CC: "9302" }] as const;

const INPUTS: readonly HeadEndInput[] = [
  { kind: "start" },
  ...MESSAGES.map((message) => ({ kind: "cable", message, today: "310506" }) as const),
  ...MESSAGES.map((message) => ({ kind: "payment", message }) as const),
  { kind: "cable", message: { kind: "unrecognised", reason: "x", bytes: new Uint8Array(0) }, today: "310506" },
  { kind: "payment", message: { kind: "unrecognised", reason: "x", bytes: new Uint8Array(0) } },
  { kind: "cable-lost", why: "silent" },
  { kind: "payment-lost", why: "closed" },
  { kind: "http", status: 200, body: page() },
  { kind: "http-lost", why: "unreachable" },
  { kind: "payment-open" },
  { kind: "payment-sent" },
  { kind: "undecipherable", from: "payment-server" },
  { kind: "random", bytes: new Uint8Array(12) },
];

const WAITING = new Set(["receive-cable", "post", "open-payment", "send-payment", "receive-payment", "random", "end"]);

const SALE = { IDMER: "MERCH001", IDTRX, MPDA: 1250, CURRPDA: "0978", CEXPPDA: 2 };
const WAY = { HOST: "payment.test", PORT: 7236, URL: `${ORIGIN}/status`, SECINFO: new Uint8Array(8) };
const PAGE = { kind: "page", ...SALE, ...WAY, RELEASE: "1.0", ENCRYPTION: "AES-128-GCM", TEXT: "" } as const;
const LAYER = { RND: "A1A2A3A4A5A6A7A8", TSK: new Uint8Array(16), ETSK: new Uint8Array(44) };
const KEYS = { EXPECTED: EC.CARDRSP, SEXP: new Uint8Array(67) };

/** In that phase: of nothing, and of a sale by who compares, with and without the encryption layer. */
function states(phase: HeadEndPhase): readonly HeadEndState[] {
  const config = { sites: { shop: ORIGIN }, announceDebit: true, trustedAgent: () => new Uint8Array(16) };
  const empty = { ...newSession(config), phase };
  const paying = [undefined, 1, 2, 3].flatMap((COMPARE) =>
    [{}, LAYER].flatMap((layer) => {
      const page = { ...PAGE, ...layer, COMPARE };
      const { ATR, INITRSP } = E3;
      const sale: HeadEndState = { ...empty, page, sale: page, origin: ORIGIN, card: { ATR, INITRSP } };
      const commanded: HeadEndState = { ...sale, command: { ...EB, ...KEYS }, response: EC };
      return [sale, commanded, { ...commanded, repeated: true }];
    }),
  );
  return [empty, ...paying];
}

describe("the head end as a function", () => {
  it.each(PHASES)("has exactly one thing to wait for, and it is the last, after any input while %s", (phase) => {
    for (const [state, input] of states(phase).flatMap((each) => INPUTS.map((input) => [each, input] as const))) {
      const { outputs } = headEnd.handle(state, input);
      const waiting = outputs.map(({ kind }) => WAITING.has(kind));
      expect(waiting.filter(Boolean)).toHaveLength(1);
      expect(waiting.at(-1)).toBe(true);
    }
  });

  it("sends no draw request from any phase without page and card", () => {
    for (const phase of PHASES) {
      for (const input of INPUTS) {
        const { outputs } = headEnd.handle({ ...newSession({ sites: {}, announceDebit: true }), phase }, input);
        expect(JSON.stringify(outputs)).not.toContain('draw-request"');
      }
    }
  });
});

describe("what the head end must not do in any state, whatever comes", () => {
  const steps = PHASES.flatMap(states).flatMap((state) =>
    INPUTS.map((input) => ({ state, input, step: headEnd.handle(state, input) })),
  );

  it("shows EXPECTED or SEXP to the set-top box", () => {
    for (const { step } of steps) {
      for (const output of step.outputs) {
        if (output.kind !== "send-cable") continue;
        expect(Object.keys(output.message)).not.toContain("EXPECTED");
        expect(Object.keys(output.message)).not.toContain("SEXP");
      }
    }
  });

  it("sends in clear to the payment server what is to be sealed", () => {
    for (const { state, step } of steps) {
      if (!state.sale?.TSK) continue;
      const sent = step.outputs.flatMap((output) => (output.kind === "send-payment" ? [output.message.kind] : []));
      expect(sent.filter((kind) => kind !== "sealed" && kind !== "sealed-opening")).toEqual([]);
    }
  });

  it("ends with COMPARE 02 or 03 after a debit command, and sends no notice", () => {
    for (const { state, step } of steps) {
      const isOwed = (state.page?.COMPARE ?? 0) >= 2 && state.command !== undefined;
      if (isOwed && state.phase !== "noticing" && state.phase !== "over") {
        expect(step.outputs.map(({ kind }) => kind)).not.toContain("end");
      }
    }
  });
});

describe("decisions", () => {
  it("takes DEXPIEP for the last day of use", () => {
    expect(isExpired("310506", "310506")).toBe(false);
    expect(isExpired("310505", "310506")).toBe(true);
    expect(isExpired("991231", "310506")).toBe(false);
  });

  it("names amounts with their units to the user", () => {
    const card = { DEXPIEP: "991231", BALIEP: 1249, CURRIEP: "0978", CEXPIEP: 2 };
    const rest = { PPIEP: "", IDIEP: "", ALGIEP: 5, AMIEP: 1, NTIEP: 1, VKIEP: 1, R: "" };
    const failure = checkCard({ ...card, ...rest }, { MPDA: 1250, CURRPDA: "0978", CEXPPDA: 2 }, "310506");
    expect(failure?.TEXT).toBe("The balance of 12.49 EUR is too low for 12.50 EUR. Nothing was paid.");
  });

  it("knows a debit only by status word and completion code together", () => {
    expect(isDebited(EC.CARDRSP, "9000")).toBe(true);
    expect(isDebited(EC.CARDRSP, "6581")).toBe(false);
    expect(isDebited(new Uint8Array(0), "9000")).toBe(false);
    expect(isDebited(Uint8Array.from([0x94, 0x01, ...EC.CARDRSP.subarray(2)]), "9000")).toBe(false);
  });

  it.each([
    ["https://shop.test/status?a=1#x", { origin: "https://shop.test:443/", path: "/status?a=1" }],
    ["https://SHOP.test:443/a/../b", { origin: "https://shop.test:443/", path: "/b" }],
    ["http://shop.test/status", undefined],
    ["https://shop.test:444/status", undefined],
    ["https://shop.test.evil.test/", undefined],
    ["https://shop.test@evil.test/", undefined],
    ["https://user@shop.test/", undefined],
    ["https://[", undefined],
  ])("sends a confirmation for %s to %o", (url, address) => {
    expect(statusAddress(url, ["https://shop.test:443/"])).toEqual(address);
  });

  it("cuts text at a character", () => {
    expect(fitted("a€b", 5)).toBe("a€b");
    expect(fitted("a€b", 4)).toBe("a€");
    expect(fitted("a€b", 3)).toBe("a");
  });
});
