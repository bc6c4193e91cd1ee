/** A card, a PSAM and a terminal, for the tests of the terminal. */
import { readFileSync } from "node:fs";
import { fromHex, toHex } from "../../../core/bytes.ts";
import { VirtualClock } from "../../../core/clock.ts";
import { deadlineIn } from "../../../core/deadline.ts";
import { seededRandom } from "../../../core/random.ts";
import type { TraceEvent } from "../../../core/trace.ts";
import { loadTestKeys } from "../../../crypto/test-keys.ts";
import type { Exchange } from "../../../link/exchange.ts";
import { encodeDebitIepCommand } from "../../../protocol/messages/debit-iep.ts";
import type { Message, MessageOf } from "../../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage, type Unrecognised } from "../../../protocol/messages/message.ts";
import { loadCardData } from "../../card/card-data.ts";
import { card as cardModel } from "../../card/model.ts";
import { createCard } from "../../card/personalise.ts";
import { serveCard } from "../../card/serve.ts";
import { createPsam } from "../../psam/personalise.ts";
import { loadPsamData } from "../../psam/psam-data.ts";
import { servePsam } from "../../psam/serve.ts";
import { TerminalClient } from "../client.ts";
import { serveTerminal } from "../serve.ts";
import { memoryStore } from "../store.ts";

export const IDTERM = "00000001";
/** 32 times the same digit. */
export const ids = (digit: string) => digit.repeat(32);

const fixture = (name: string) => readFileSync(new URL(`../../../../fixtures/${name}`, import.meta.url), "utf8");

/** What becomes of a command on its way to the PSAM; the PSAM works it off when `answer` is called. */
export type Tamper = (command: Uint8Array, answer: () => Uint8Array) => Uint8Array | "silence";

export type TerminalBed = ReturnType<typeof terminalBed>;

/** `cardName`: of `fixtures/cards`. */
export function terminalBed(cardName = "specimen") {
  const clock = new VirtualClock(new Date("2026-07-30T12:34:56Z"));
  const keys = loadTestKeys(fixture("keys/test-keys.yaml"), "test-keys.yaml");
  const random = seededRandom("terminal");
  const cardData = loadCardData(fixture(`cards/${cardName}.yaml`), cardName);
  const card = serveCard({ state: createCard(cardData, keys, random), random });
  const psam = servePsam({ state: createPsam(loadPsamData(fixture("psams/psam-1.yaml"), "psam-1.yaml"), keys) });
  /** INS and P1 of each command. */
  const apdus: string[] = [];
  const tamper: { act: Tamper } = { act: (_, answer) => answer() };
  const sam: Exchange = {
    async exchange(command) {
      apdus.push(toHex(command.subarray(1, 3)));
      const answer = tamper.act(command, () => psam.transmit(command));
      return answer === "silence" ? new Promise<Uint8Array>(() => undefined) : answer;
    },
  };
  const trace: TraceEvent[] = [];
  const store = memoryStore();
  const options = { identity: { IDTERM, LOC: "00490001" }, psam: sam, clock, store };
  const terminal = serveTerminal({ ...options, trace: (event) => trace.push(event) });
  const soon = () => deadlineIn(clock, 8_000);
  const say = async (message: Message | Uint8Array) => {
    const bytes = message instanceof Uint8Array ? message : encodeMessage(message);
    return parseMessage(await terminal.exchange(bytes, soon()));
  };
  const access = { exchange: (_: string, message: Uint8Array) => terminal.exchange(message, soon()) };
  const client = new TerminalClient(access, IDTERM);
  const apdu = (hex: string): Uint8Array => {
    const response = card.transmit(fromHex(hex));
    if (response === null) throw new Error("the card is mute");
    return response;
  };
  return {
    clock,
    card,
    psam,
    sam,
    apdu,
    apdus,
    tamper,
    trace,
    store,
    terminal,
    say,
    client,
    soon,
    /** What the set-top box reads from the card, as T-draw. */
    draw(IDTRX: string, MPDA = 1250, COMPARE?: number): MessageOf<"t-draw"> {
      const ATR = card.powerOn();
      apdu("00A4040008F050422D4945503100");
      const INITRSP = apdu("905001001B").slice(0, 27);
      const sale = { IDTRX, IDMER: "MERCHT01", ATR, INITRSP, MPDA, CURRPDA: "0978", CEXPPDA: 2 };
      return { kind: "t-draw", IDTERM, ...sale, COMPARE };
    },
    debitCard: (debit: Message | Unrecognised) => apdu(toHex(encodeDebitIepCommand(debitData(debit)))).slice(0, 16),
    /** A genuine negative answer: the purse turns into one of another currency between INITIALIZE and DEBIT. */
    negative(debit: Message | Unrecognised): Uint8Array {
      const state = { ...card.state, purse: { ...card.state.purse, CURRIEP: "0840" } };
      const bytes = encodeDebitIepCommand(debitData(debit));
      const { outputs } = cardModel.handle(state, { kind: "command", bytes });
      const response = outputs.find((output) => output.kind === "response");
      return response?.bytes.slice(0, 16) ?? new Uint8Array(0);
    },
    /** MTOT and NTOT, over all totals. */
    totals: () =>
      psam.state.memory.totals.reduce(([m, n], { MTOT, NTOT }) => [m + MTOT, n + NTOT] as const, [0, 0] as readonly [
        number,
        number,
      ]),
    /** CC and MPDA of each record, oldest first. */
    records: async () => (await client.readStore(soon())).map(({ CC, MPDA }) => [CC, MPDA]),
    entries: () => trace.flatMap((event) => (event.kind === "log" ? [[event.entry, event.fields]] : [])),
  };
}

function debitData(debit: Message | Unrecognised): Uint8Array {
  if (debit.kind !== "t-debit") throw new Error(`no debit command but ${debit.kind}`);
  return debit.DEBITDATA;
}

export const respond = (IDTRX: string, CARDRSP: Uint8Array, SW = "9000") =>
  ({ kind: "t-response", IDTERM, IDTRX, CARDRSP, SW }) as const;
export const cancel = (IDTRX: string, MODE: number) => ({ kind: "t-cancel", IDTERM, IDTRX, MODE }) as const;
export const NONE = new Uint8Array(0);

/** Bytes with one bit of the last one changed. */
export function forged(bytes: Uint8Array): Uint8Array {
  const other = bytes.slice();
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  return other;
}

/** Commands with that INS are worked off, and the terminal hears another answer. */
export function instead(INS: number, change: (answer: Uint8Array) => Uint8Array): Tamper {
  return (command, answer) => (command[1] === INS ? change(answer()) : answer());
}

/** Commands with that INS are worked off, and the terminal hears nothing of it. */
export function unheard(INS: number): Tamper {
  return (command, answer) => {
    const bytes = answer();
    return command[1] === INS ? "silence" : bytes;
  };
}

/** Commands with that INS do not reach the PSAM. */
export function lost(INS: number): Tamper {
  return (command, answer) => (command[1] === INS ? "silence" : answer());
}
