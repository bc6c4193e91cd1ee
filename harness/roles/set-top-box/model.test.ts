import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./events.ts";
import { newLoad } from "./load-state.ts";
import { setTopBox } from "./model.ts";
import { isSettled, pendingDebit } from "./pending.ts";
import { pendingLoad } from "./pending-load.ts";
import { newSession, type SetTopBoxPhase, type SetTopBoxState } from "./state.ts";
import { EB, IDTRX, PAGE, RESULT } from "./test-bench.ts";
import { A2, A6, A9, LOAD_PAGE, LOADED, ZERO } from "./testing/load-script.ts";

const PHASES: readonly SetTopBoxPhase[] = [
  "start",
  "opening",
  "browsing",
  "deciding",
  "connecting",
  "inserting",
  "selecting",
  "securing",
  "initialising",
  "certifying",
  "waiting",
  "presenting-certificate",
  "presenting-key",
  "debiting",
  "asking",
  "concluding",
  "load-listening",
  "load-reading",
  "load-identifying",
  "entering",
  "load-initialising",
  "crediting",
  "log-reading",
  "over",
];

const PURSE = { PPIEP: "123456", IDIEP: "0000000042", NTIEP: 7 };
const PENDING = pendingDebit(PAGE, PURSE);
const MESSAGES = [
  PAGE,
  EB,
  RESULT,
  { kind: "user-message", CC: "0000", TEXT: "" },
  ...[A2, LOAD_PAGE, A6, ZERO, A9, LOADED],
] as const;
const LOADRSP = new Uint8Array(35);
const KEPT = pendingLoad(LOAD_PAGE, { MLDA: 2_500, LOADINIT: A6.LOADINIT, LOADRSP, ...PURSE });

const INPUTS: readonly SetTopBoxInput[] = [
  { kind: "order", SESSION: "0123456789ABCDEF", SITE: "shop", ITEM: "map", QUANTITY: 1 },
  { kind: "recover", pending: PENDING },
  { kind: "load", SESSION: "0123456789ABCDEF", SITE: "bank", ACCOUNT: "DE-42" },
  ...(KEPT ? [{ kind: "recover", pending: KEPT } as const] : []),
  { kind: "show-log" },
  { kind: "opened" },
  ...MESSAGES.map((message) => ({ kind: "head-end", message }) as const),
  { kind: "head-end", message: { kind: "unrecognised", reason: "x", bytes: new Uint8Array(0) } },
  { kind: "head-end-lost", why: "closed", text: "x" },
  { kind: "decided", choice: "accept" },
  { kind: "entered", amount: 2_500 },
  { kind: "entered", amount: 0 },
  { kind: "card-connected", ATR: fromHex("3B00") },
  { kind: "card-present" },
  { kind: "card-absent" },
  { kind: "card-answer", bytes: fromHex("9000") },
  { kind: "random", bytes: new Uint8Array(12) },
  { kind: "card-failed", owner: "card", text: "x", isLost: true, mayHaveArrived: true },
];

const WAITING = new Set<SetTopBoxOutput["kind"]>([
  "open",
  "receive",
  "ask",
  "enter",
  "connect-card",
  "await-card",
  "command",
  "random",
  "end",
]);

function states(phase: SetTopBoxPhase): readonly SetTopBoxState[] {
  const empty = { ...newSession([]), phase };
  const paying: SetTopBoxState = { ...empty, page: PAGE, sale: PAGE, purse: PURSE, pending: [PENDING] };
  const torn: SetTopBoxState = { ...paying, executed: true, goal: "signature", debit: { kind: "unknown" } };
  const command = { ...EB, PSAMCERT: new Uint8Array(244), SESSKEY: new Uint8Array(224) };
  const publicKey: SetTopBoxState = { ...paying, command, certificates: [new Uint8Array(244), new Uint8Array(244)] };
  const layer = { RND: "A1A2A3A4A5A6A7A8", TSK: new Uint8Array(16), ETSK: new Uint8Array(44) };
  const sealing: SetTopBoxState = { ...torn, page: { ...PAGE, ...layer }, debit: { kind: "refused", SW: "9302" } };
  return [empty, paying, torn, publicKey, sealing, ...loads(phase)];
}

/** Loads: just begun, initialised, with the command given, and the recovery of one. */
function loads(phase: SetTopBoxPhase): readonly SetTopBoxState[] {
  const pending = KEPT ? [KEPT] : [];
  const order = { SESSION: "0123456789ABCDEF", SITE: "bank", ACCOUNT: "DE-42" };
  const begun: SetTopBoxState = { ...newSession([]), phase, mode: "load", load: newLoad(order) };
  const part = { page: LOAD_PAGE, terms: LOAD_PAGE, SOURCE: 1, card: PURSE, MLDA: 2_500, LOADINIT: A6.LOADINIT };
  const load = { ...newLoad(order), ...part };
  const initialised: SetTopBoxState = { ...begun, load, pending, purse: PURSE, ATR: fromHex("3B00") };
  const given: SetTopBoxState = { ...initialised, executed: true, goal: "signature", debit: { kind: "unknown" } };
  return [begun, initialised, given, { ...given, mode: "load-recovery", load: { ...load, order: undefined } }];
}

describe("the set-top box as a function", () => {
  it.each(PHASES)("has exactly one thing to wait for, and it is the last, after any input while %s", (phase) => {
    for (const state of states(phase)) {
      for (const input of INPUTS) {
        const waiting = setTopBox.handle(state, input).outputs.map(({ kind }) => WAITING.has(kind));
        expect(waiting.filter(Boolean)).toHaveLength(1);
        expect(waiting.at(-1)).toBe(true);
      }
    }
  });

  it("gives no second DEBIT IEP and no second CREDIT IEP from any state in which one was given", () => {
    for (const state of PHASES.flatMap(states).filter(({ executed }) => executed)) {
      for (const input of INPUTS) {
        for (const output of setTopBox.handle(state, input).outputs) {
          if (output.kind === "command") expect([0x52, 0x54]).not.toContain(output.bytes[1]);
        }
      }
    }
  });

  it("remembers the debit before the command that may cause it", () => {
    const [, paying] = states("waiting");
    const { outputs } = setTopBox.handle(paying ?? newSession([]), { kind: "head-end", message: EB });
    expect(outputs.map(({ kind }) => kind)).toEqual(["remember", "log", "command"]);
    expect(outputs[0]).toMatchObject({ pending: { IDTRX, NTIEP: 7, CARDRSP: null } });
  });

  it("forgets no debit of unknown result, whatever ends the session", () => {
    for (const phase of ["concluding", "connecting", "asking"] as const) {
      const torn = states(phase)[2] ?? newSession([]);
      for (const input of INPUTS.filter(({ kind }) => kind !== "card-answer")) {
        const step = setTopBox.handle(torn, input);
        expect(step.outputs.map(({ kind }) => kind)).not.toContain("forget");
        expect(step.state.pending).toEqual([PENDING]);
      }
    }
  });
});

it("takes refusals for the last word, and silence not", () => {
  for (const CC of ["0000", "9302", "9404", "A009", "A018"]) expect(isSettled(CC)).toBe(true);
  for (const CC of ["A007", "A008", "A010", "A019", "A01A"]) expect(isSettled(CC)).toBe(false);
});
