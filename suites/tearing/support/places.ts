/** The rows and columns of the matrix: every command of a flow, every moment of it. */
import type { CardTear } from "../../../harness/core/card-tear.ts";
import type { Flow } from "./flows.ts";

/** A command that the set-top box gives the card. */
export interface Command {
  /** "DEBIT", for ids. */
  readonly id: string;
  /** Of the report. */
  readonly title: string;
  readonly INS: number;
  readonly P1: number;
  /** So many commands of that INS go before it in its flow; 0 when absent. */
  readonly skip?: number;
  /** It changes the card. */
  readonly isWriting?: true;
  /**
   * It belongs to the recovery of a transaction that was torn before: one that the card has completed, or one that it has
   * never done.
   */
  readonly recovers?: "done" | "undone";
}

export interface Moment {
  readonly id: string;
  /** Of the report. */
  readonly title: string;
  /** Cut power, as a tear of the card; a number of a write is put in for `write`. */
  readonly at?: CardTear["at"] | "before" | "within" | "after";
  /** Pulled when the command, or the answer, passes link 235. */
  readonly pulledBy?: "set-top-box" | "card";
  /** What a writing command has become by then: nothing, or all of it; either where the card may choose. */
  readonly leaves: "old" | "new" | "either";
}

export const MOMENTS: readonly Moment[] = [
  { id: "BEFORE", title: "power cut before", at: "before-command", leaves: "old" },
  { id: "EDGE", title: "before each write", at: "before", leaves: "either" },
  { id: "WITHIN", title: "within each write", at: "within", leaves: "either" },
  { id: "WRITTEN", title: "after each write", at: "after", leaves: "either" },
  { id: "UNANSWERED", title: "done, before its answer", at: "after-command", leaves: "new" },
  { id: "PULLED", title: "pulled as it comes", pulledBy: "set-top-box", leaves: "old" },
  { id: "ANSWERED", title: "pulled as it has answered", pulledBy: "card", leaves: "new" },
];

const SELECT: Command = { id: "SELECT", title: "SELECT", INS: 0xa4, P1: 0x04 };

const PURCHASE: readonly Command[] = [
  SELECT,
  { id: "INITIALIZE", title: "INITIALIZE IEP", INS: 0x50, P1: 0x01 },
  { id: "DEBIT", title: "DEBIT IEP", INS: 0x54, P1: 0x01, isWriting: true },
];

const PUBLIC_KEY: readonly Command[] = [
  { id: "ISSUER", title: "READ RECORD, issuer's certificate", INS: 0xb2, P1: 0x01 },
  { id: "CERTIFICATE", title: "READ RECORD, card's certificate", INS: 0xb2, P1: 0x02, skip: 1 },
  { id: "PRESENT", title: "PRESENT CERTIFICATE", INS: 0x58, P1: 0x00 },
  { id: "SESSION-KEY", title: "PRESENT SESSION KEY", INS: 0x58, P1: 0x01, skip: 1 },
];

const LOAD: readonly Command[] = [
  SELECT,
  { id: "BALANCE", title: "GET BALANCE", INS: 0x5c, P1: 0x00 },
  { id: "INFORMATION", title: "READ RECORD, card information", INS: 0xb2, P1: 0x01 },
  { id: "INITIALIZE", title: "INITIALIZE IEP", INS: 0x50, P1: 0x00 },
  { id: "CREDIT", title: "CREDIT IEP", INS: 0x52, P1: 0x00, isWriting: true },
];

function recovering({ kind }: Flow): readonly Command[] {
  const previous = { title: "GET PREVIOUS IEP SIGNATURE", INS: 0x5a, P1: kind === "load" ? 0x00 : 0x01 } as const;
  const both = (["done", "undone"] as const).flatMap((recovers) => {
    const of = recovers === "done" ? "recovery of what was done" : "recovery of what was not done";
    const prefix = recovers.toUpperCase();
    return [
      { ...SELECT, id: `${prefix}-SELECT`, title: `SELECT, ${of}`, recovers },
      { ...previous, id: `${prefix}-PREVIOUS`, title: `${previous.title}, ${of}`, recovers },
    ];
  });
  if (kind === "purchase") return both;
  const title = "INITIALIZE IEP for the challenge";
  return [...both, { id: "UNDONE-INITIALIZE", title, INS: 0x50, P1: 0x00, recovers: "undone" }];
}

/** In the order in which they come. */
export function commandsOf(flow: Flow): readonly Command[] {
  const own = flow.kind === "load" ? LOAD : flow.card === "rsa" ? [...PURCHASE, ...PUBLIC_KEY] : PURCHASE;
  return [...own, ...recovering(flow)];
}

/** The command of the flow that changes the card. */
export function writingCommand(flow: Flow): Command {
  const found = commandsOf(flow).find(({ isWriting }) => isWriting);
  if (!found) throw new Error(`${flow.id} has no command that changes the card`);
  return found;
}

/** Whether that command has such a moment: what only reads has no writes. */
export function has(command: Command, { leaves }: Moment): boolean {
  return leaves !== "either" || command.isWriting === true;
}
