/** Nothing of one transaction is in a message of another. */
import { bytesToUint, toHex } from "../../../harness/core/bytes.ts";
import type { MessageEvent, RecordedEvent } from "../../../harness/flows/system.ts";
import { parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import type { Purchase } from "./throng.ts";

const DEBIT_IEP = "9054";
const COMMAND_HEADER = 5;
const LAN_HEADER = 4;

/** Whatever message names a transaction or a card names no other one, and its amounts, merchants and cards are that transaction's. */
export function expectNothingMixed(
  t: CaseContext,
  purchases: readonly Purchase[],
  events: readonly RecordedEvent[],
  about?: About,
): void {
  const messages = events.filter((event): event is MessageEvent & RecordedEvent => event.kind === "message");
  const mixed = messages.filter((event) => ownersOf(event, purchases).length > 1);
  t.expect.equal("messages with data of two transactions", mixed.map(placeOf), [], { ...about, at: mixed[0]?.n });
  const wrong = messages.flatMap((event) => strangeIn(event, purchases).map((what) => `${placeOf(event)}: ${what}`));
  t.expect.equal("messages of one transaction with an amount, merchant or card of another", wrong, [], about);
}

/** Each card was debited by the command of its own transaction: amount, security card and number in its log are of that command. */
export function expectOwnDebits(
  t: CaseContext,
  purchases: readonly Purchase[],
  events: readonly RecordedEvent[],
  about?: About,
): void {
  const commands = events.flatMap((event) => debitDataOf(event));
  for (const [index, { IDTRX, MPDA, before, after }] of purchases.entries()) {
    const what = `debit of the card in box ${index + 1}`;
    const record = t.expect.present(
      what,
      after.log.find(({ NTIEP }) => NTIEP === before.NTIEP),
      about,
    );
    const own = commands.find((data) => idtrxIn(data) === IDTRX);
    const data = t.expect.present(`debit command for box ${index + 1}`, own, about);
    const due = [MPDA, toHex(data.subarray(3, 7)), bytesToUint(data.subarray(7, 11))];
    t.expect.equal(`${what}: amount, IDPSAM, NTPSAM`, [record.MPDA, record.IDPSAM, record.NTPSAM], due, about);
  }
}

/** Numbers of the purchases whose transaction or card a message names, as bytes or as text. */
function ownersOf({ bytes }: MessageEvent, purchases: readonly Purchase[]): readonly number[] {
  const hex = toHex(bytes);
  const text = new TextDecoder().decode(bytes).toUpperCase();
  const names = (mark: string) => mark !== "" && (isIn(hex, mark) || text.includes(mark));
  return purchases.flatMap(({ IDTRX, before }, index) => (names(IDTRX) || names(before.IDIEP) ? [index] : []));
}

/** `mark` on a border of bytes. */
function isIn(hex: string, mark: string): boolean {
  for (let at = hex.indexOf(mark); at >= 0; at = hex.indexOf(mark, at + 1)) if (at % 2 === 0) return true;
  return false;
}

/** What does not belong to the transaction that the message is of; nothing for a message that is of none, or sealed. */
function strangeIn({ bytes, link }: MessageEvent, purchases: readonly Purchase[]): readonly string[] {
  if (link === "ui" || link === "234" || link === "235" || link === "SAM" || link === "238") return [];
  const message: object = parseMessage(link === "LAN" ? bytes.subarray(LAN_HEADER) : bytes);
  const said = new Map<string, unknown>(Object.entries(message));
  const own = purchases.find(({ IDTRX }) => said.get("IDTRX") === IDTRX);
  if (!own) return [];
  const data = said.get("DEBITDATA");
  const card = said.get("INITRSP");
  const checks: readonly (readonly [string, unknown, unknown])[] = [
    ["MPDA", said.get("MPDA"), own.MPDA],
    ["IDMER", said.get("IDMER"), own.IDMER],
    ["card", card instanceof Uint8Array ? isIn(toHex(card), own.before.IDIEP) : undefined, true],
    ["IDTRX of the debit command", data instanceof Uint8Array ? idtrxIn(data) : undefined, own.IDTRX],
    [
      "MPDA of the debit command",
      data instanceof Uint8Array ? bytesToUint(data.subarray(11, 15)) : undefined,
      own.MPDA,
    ],
  ];
  return checks
    .filter(([, actual, due]) => actual !== undefined && actual !== due)
    .map(([what, actual]) => `${what} ${String(actual)}`);
}

/** DEBITDATA of a DEBIT IEP command, 53 bytes. */
function debitDataOf(event: RecordedEvent): readonly Uint8Array[] {
  if (event.kind !== "message" || event.link !== "235" || !toHex(event.bytes).startsWith(DEBIT_IEP)) return [];
  return [event.bytes.subarray(COMMAND_HEADER)];
}

/** IDTRX inside of DEBITDATA (`card-edge.md` 5.3). */
function idtrxIn(DEBITDATA: Uint8Array): string {
  return toHex(DEBITDATA.subarray(29, 45));
}

function placeOf({ n, link, from, bytes }: MessageEvent & RecordedEvent): string {
  return `event ${n}, link ${link} from ${from}, ${toHex(bytes.subarray(0, 1))}`;
}
