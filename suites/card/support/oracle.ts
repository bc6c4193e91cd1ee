/**
 * What a card owes for any command in any state (`card-edge.md` 3 and 4), as a small function over the table of commands. Whether
 * its data is right, which needs keys, is what the caller says.
 */
import { bytesToUint, toHex } from "../../../harness/core/bytes.ts";
import { AID, COMMANDS, type CommandName, type CommandRow, recordLength } from "./commands.ts";

/** Sessions of section 3; with a public key card what it was presented with in this one. */
export type Session = "idle" | "selected" | "purchase" | "certified" | "keyed" | "load";

/** What the status word of a command depends on, besides its bytes. */
export interface CardCondition {
  readonly session: Session;
  readonly life: "supplied" | "issued" | "blocked";
  /** NTIEP is FFFF. */
  readonly isExhausted?: boolean;
  /** AMIEP 02. */
  readonly isPublicKey?: boolean;
}

/** What a card owes. */
export interface Due {
  /** Four hex digits. */
  readonly SW: string;
  readonly session: Session;
}

/** `verdict`: the status word that the data earns, when it is looked at: `9000` where it is right. */
export function dueOf(card: CardCondition, command: Uint8Array, verdict = "9000"): Due {
  const [CLA = 0, INS = 0, P1 = 0, P2 = 0] = command;
  const known = COMMANDS.filter((row) => row.CLA === CLA && row.INS === INS);
  const [first] = known;
  if (first === undefined) return { SW: unknown(CLA, INS), session: card.session };
  const row = known.find((each) => isParameter(each, P1, P2, card.isPublicKey ?? false));
  if (row === undefined) return { SW: "6A86", session: afterRefusal(first, "6A86", card.session) };
  const SW = statusOf(card, row, command, verdict);
  return { SW, session: SW === "9000" ? afterSuccess(row.name, card.session) : afterRefusal(row, SW, card.session) };
}

/** An INS that is known only under the other CLA is `'6E00'` too. */
function unknown(CLA: number, INS: number): "6E00" | "6D00" {
  const isClass = CLA === 0x00 || CLA === 0x90;
  return isClass && !COMMANDS.some((row) => row.INS === INS) ? "6D00" : "6E00";
}

function isParameter(row: CommandRow, P1: number, P2: number, isPublicKey: boolean): boolean {
  if (row.name === "READ RECORD") return P1 !== 0 && recordLength(P2, isPublicKey) !== undefined;
  return row.parameters.some(([a, b]) => a === P1 && b === P2);
}

/** From the length on, in the order of section 4. */
function statusOf(card: CardCondition, row: CommandRow, command: Uint8Array, verdict: string): string {
  const { name } = row;
  const { life, session } = card;
  const usesPurse = name.startsWith("INITIALIZE") || name === "DEBIT" || name === "CREDIT";
  const checks: readonly (readonly [boolean, string])[] = [
    [!isLong(row, command, card.isPublicKey ?? false), "6700"],
    [name === "SELECT" && toHex(command.subarray(5, 5 + (command[4] ?? 0))) !== AID, "6A82"],
    [name !== "SELECT" && session === "idle", "6985"],
    [life === "supplied" && name !== "SELECT" && name !== "PERSONALISE", "9304"],
    [life !== "supplied" && name === "PERSONALISE", "6985"],
    [life === "blocked" && usesPurse, "9303"],
    [(card.isExhausted ?? false) && name.startsWith("INITIALIZE"), "9402"],
    [!isInOrder(name, session, card.isPublicKey ?? false), "6985"],
  ];
  return checks.find(([applies]) => applies)?.[1] ?? verdict;
}

/** Whether Lc is one of the command's, the bytes are as many as it says, and Le leaves room for the answer. */
function isLong(row: CommandRow, command: Uint8Array, isPublicKey: boolean): boolean {
  const body = command.subarray(4);
  const hasData = body.length > 1;
  const Lc = hasData ? (body[0] ?? 0) : 0;
  const rest = hasData ? body.subarray(1 + Lc) : body;
  if (hasData && (Lc === 0 || body.length < 1 + Lc)) return false;
  if (rest.length > 1 || Lc < row.data[0] || Lc > row.data[1]) return false;
  const answer = row.name === "READ RECORD" ? (recordLength(command[3] ?? 0, isPublicKey) ?? 0) : row.answer;
  return (rest.length === 0 ? 0 : bytesToUint(rest) || 256) >= answer;
}

function isInOrder(name: CommandName, session: Session, isPublicKey: boolean): boolean {
  switch (name) {
    case "DEBIT":
      return session === (isPublicKey ? "keyed" : "purchase");
    case "CREDIT":
      return session === "load";
    case "PRESENT CERTIFICATE":
      return isPublicKey && session === "purchase";
    case "PRESENT SESSION KEY":
      return isPublicKey && session === "certified";
    default:
      return true;
  }
}

function afterSuccess(name: CommandName, session: Session): Session {
  switch (name) {
    case "SELECT":
    case "DEBIT":
    case "CREDIT":
      return "selected";
    case "INITIALIZE for purchase":
      return "purchase";
    case "INITIALIZE for load":
      return "load";
    case "PRESENT CERTIFICATE":
      return "certified";
    case "PRESENT SESSION KEY":
      return "keyed";
    default:
      return session;
  }
}

/** Status words that DEBIT and CREDIT are refused with before their data is looked at. */
const BEFORE_DATA = ["6A86", "6700", "6985", "9304", "9303"];

function afterRefusal({ name }: CommandRow, SW: string, session: Session): Session {
  if (session === "idle") return "idle";
  if (name.startsWith("INITIALIZE") || name.startsWith("PRESENT")) return "selected";
  const usesUp = (name === "DEBIT" || name === "CREDIT") && !BEFORE_DATA.includes(SW);
  return usesUp ? "selected" : session;
}
