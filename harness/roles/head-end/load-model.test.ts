import { describe, expect, it } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { loadPageObject } from "../../protocol/messages/load-page.ts";
import { cardInformationObject, loadAuthorisationObject } from "../../protocol/messages/load-page-objects.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { loading } from "./load-model.ts";
import { bankOrigins, httpsAddress } from "./load-sites.ts";
import { type LoadPhase, type LoadState, newLoad } from "./load-state.ts";
import {
  A1,
  A2,
  A3,
  A5,
  A6,
  A7,
  A9,
  AA,
  AC,
  AF,
  BANK,
  fundPage,
  IDTRX,
  LOADINIT,
  LOADRSP,
  NEGATIVE,
  pageOf,
  recoveryOf,
  refusalOf,
  resultOf,
  SILENT,
  SITES,
  STATUS,
  seal,
  TSK,
  ZERO,
} from "./load-test-bench.ts";
import { headEnd } from "./model.ts";
import { newSession } from "./state.ts";

const PHASES: readonly LoadPhase[] = [
  "calling",
  "requesting",
  "balance",
  "paging",
  "amount",
  "authorising",
  "initialising",
  "connecting",
  "asking",
  "commanding",
  "loading",
  "responding",
  "judging",
  "dating",
  "proving",
  "challenged",
  "confirming",
  "over",
];

const MESSAGES = [
  A1,
  A2,
  A3,
  pageOf(),
  fundPage(),
  A5,
  A6,
  A7,
  A9,
  AA,
  AC,
  AF,
  recoveryOf(),
  seal(A9),
  seal(AA),
  seal(NEGATIVE),
  seal(SILENT),
  seal(AF),
  resultOf(),
  resultOf("A024"),
  { kind: "load-authorisation", IDTRX, SECLOAD: new Uint8Array(0) },
  { kind: "stop", IDTRX, CC: "A016" },
  { kind: "refusal", IDTRX, CC: "9302" },
  { kind: "refusal", IDTRX, CC: "A027" },
  { kind: "refusal", CC: "A01A" },
  { kind: "unrecognised", reason: "x", bytes: new Uint8Array(0) },
] as const;

const BODIES = [
  "",
  cardInformationObject("bank"),
  loadPageObject({ page: pageOf(), amountUrl: `${BANK}/amount` }),
  loadAuthorisationObject(new Uint8Array(8)),
];

const INPUTS: readonly HeadEndInput[] = [
  { kind: "start" },
  ...MESSAGES.map((message) => ({ kind: "cable", message, today: "310506" }) as const),
  ...MESSAGES.map((message) => ({ kind: "payment", message }) as const),
  ...BODIES.map((body) => ({ kind: "http", status: 200, body }) as const),
  { kind: "http", status: refusalOf("A020").status, body: refusalOf("A020").body },
  { kind: "http", status: 500, body: "" },
  { kind: "cable-lost", why: "silent" },
  { kind: "payment-lost", why: "closed" },
  { kind: "http-lost", why: "unreachable" },
  { kind: "payment-open" },
  { kind: "payment-sent" },
  { kind: "undecipherable", from: "payment-server" },
  { kind: "random", bytes: new Uint8Array(12) },
  { kind: "time", DTHR: "20310506230000" },
];

const WAITING = new Set<HeadEndOutput["kind"]>([
  "receive-cable",
  "post",
  "open-payment",
  "open-load",
  "send-payment",
  "receive-payment",
  "random",
  "time",
  "end",
]);

/** In that phase: of nothing, of each kind of site with all that a load can know of, and of a recovery. */
function states(phase: LoadPhase): readonly LoadState[] {
  const empty = newLoad(phase);
  const known = Object.values(SITES).flatMap((site) => {
    const page = site.kind === "bank" ? pageOf() : fundPage();
    const { SOURCE, IDMER, HOST, PORT } = page;
    const layer = { suite: "AES-128-GCM", RND: pageOf().RND, TSK, ETSK: pageOf().ETSK } as const;
    const address = { origin: BANK, path: "/status" };
    const confirmation = site.kind === "bank" ? { url: STATUS, address } : undefined;
    const asked: LoadState = { ...empty, site, selection: A1, balance: A3 };
    const terms = { SOURCE, IDTRX, IDMER, HOST, PORT, layer, confirmation };
    const amount = { MLDA: 1000, CURRLDA: "0978", CEXPLDA: 2 };
    const offered: LoadState = { ...asked, page, terms, amountAddress: address, amount, LOADINIT };
    const carded: LoadState = { ...offered, card: { ATR: A3.ATR, LOADRSP }, held: true };
    const loaded: LoadState = { ...carded, LOADDATA: A9.LOADDATA, response: AA, result: "0000" };
    const failed: LoadState = { ...loaded, response: NEGATIVE, result: "940B", zero: ZERO };
    const twice: LoadState = { ...loaded, repeated: true, challenged: true, failure: "A016" };
    const recovered: LoadState = { ...loaded, site: undefined, selection: undefined, page: undefined };
    return [asked, offered, carded, loaded, failed, twice, recovered];
  });
  return [empty, ...known];
}

const STEPS = PHASES.flatMap((phase) =>
  states(phase).flatMap((load) => INPUTS.map((input) => ({ load, input, step: loading.handle(load, input) }))),
);

function sent<Kind extends HeadEndOutput["kind"]>(outputs: readonly HeadEndOutput[], kind: Kind) {
  return outputs.filter((output): output is Extract<HeadEndOutput, { kind: Kind }> => output.kind === kind);
}

describe("a load as a function", () => {
  it.each(PHASES)("has exactly one thing to wait for, and it is the last, after any input while %s", (phase) => {
    for (const { load, step } of STEPS) {
      if (load.phase !== phase) continue;
      const waiting = step.outputs.map(({ kind }) => WAITING.has(kind));
      expect(waiting.filter(Boolean)).toHaveLength(1);
      expect(waiting.at(-1)).toBe(true);
    }
  });

  it("is over exactly when it says so, and has told the user then, or was told by him", () => {
    for (const { load, input, step } of STEPS) {
      expect(step.outputs.at(-1)?.kind === "end").toBe(step.state.phase === "over");
      if (step.state.phase !== "over" || load.phase === "over") continue;
      const isStopped = input.kind === "cable" && input.message.kind === "stop";
      expect(sent(step.outputs, "send-cable").length === 1 || isStopped || load.selection === undefined).toBe(true);
    }
  });

  it("is what a session does once it has begun", () => {
    const [load] = states("judging").slice(-1);
    const session = { ...newSession({ sites: {}, announceDebit: true }), phase: "loading", load } as const;
    const step = headEnd.handle(session, { kind: "payment", message: resultOf() });
    expect(step.state.phase).toBe("over");
    expect(headEnd.handle({ ...session, load: undefined }, { kind: "payment-sent" }).outputs).toEqual([
      { kind: "end" },
    ]);
  });
});

describe("what a load must not do in any state, whatever comes", () => {
  it("sends in clear to the load server what is to be sealed", () => {
    const inClear = new Set(["sealed", "sealed-opening", "load-selection", "balance", "load-amount"]);
    for (const { step } of STEPS) {
      for (const { message } of sent(step.outputs, "send-payment")) expect(inClear).toContain(message.kind);
    }
  });

  it("shows the session key to anybody but the set-top box, in its page", () => {
    const key = toHex(TSK);
    for (const { step } of STEPS) {
      const others = step.outputs.filter(
        (output) => output.kind !== "send-cable" || output.message.kind !== "load-page",
      );
      expect(JSON.stringify(others, hexOfBytes).toUpperCase()).not.toContain(key);
    }
  });

  it("lets the card load without the load server's sealed command of this load", () => {
    for (const { load, input, step } of STEPS) {
      const commands = sent(step.outputs, "send-cable").filter(({ message }) => message.kind === "load-command");
      if (commands.length === 0) continue;
      const isCommanded = load.phase === "commanding" && input.kind === "payment" && input.message.kind === "sealed";
      const isRepeated = load.phase === "judging" && load.LOADDATA !== undefined && !load.repeated;
      expect(isCommanded || isRepeated).toBe(true);
    }
  });

  it("initialises the card for more than nothing, but for the amount that the account holder has agreed to", () => {
    for (const { load, step } of STEPS) {
      for (const { message } of sent(step.outputs, "send-cable")) {
        if (message.kind !== "initialise-load" || toHex(message.LOADINIT.subarray(0, 4)) === "00000000") continue;
        expect(load.phase).toBe("authorising");
        expect(message).toEqual(A6);
      }
    }
  });

  it("speaks of success without a sealed result that says so", () => {
    for (const { load, input, step } of STEPS) {
      if (!sent(step.outputs, "send-cable").some(({ message }) => message.kind === "result")) continue;
      const isResult = load.phase === "judging" && input.kind === "payment" && input.message.kind === "sealed-results";
      const isBooked = load.phase === "confirming" && load.result === "0000";
      expect(isResult || isBooked).toBe(true);
    }
  });

  it("posts a confirmation anywhere but to the address that was checked", () => {
    for (const { step } of STEPS) {
      for (const post of sent(step.outputs, "post")) {
        if (!post.form.some(([name]) => name === "confirmation")) continue;
        expect(post).toMatchObject({ origin: BANK, path: "/status" });
        expect(step.state.terms?.confirmation).toBeDefined();
      }
    }
  });
});

describe("addresses", () => {
  it("of banks are those of the sites", () => {
    expect(bankOrigins(SITES)).toEqual([BANK]);
  });

  it.each([
    ["https://other.test:9000/a/../b?c=1#d", { origin: "https://other.test:9000", path: "/b?c=1" }],
    ["https://OTHER.test", { origin: "https://other.test", path: "/" }],
    ["http://other.test/", undefined],
    ["https://user@other.test/", undefined],
    ["https://:secret@other.test/", undefined],
    ["javascript:alert(1)", undefined],
    ["https://[", undefined],
  ])("a confirmation of a pre-funded load for %s goes to %o", (url, address) => {
    expect(httpsAddress(url)).toEqual(address);
  });
});

function hexOfBytes(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? toHex(value) : value;
}
