/** Ways into the states of `card-edge.md` 3, and how a state is told from the outside without leaving it for good. */
import type { Session } from "./oracle.ts";
import { creditIep, debitIep, initializeLoad } from "./purse.ts";
import { select, shown, type Talk } from "./talk.ts";

/** States that every card can be brought into without a key. */
export const STATES = ["idle", "selected", "purchase", "load"] as const satisfies readonly Session[];
export type PlainState = (typeof STATES)[number];

/** LOADINIT of one minor unit of nothing in particular, with a date that is one. */
export const ANY_LOADINIT = Uint8Array.of(
  ...[0, 0, 0, 1, 0x09, 0x78, 2, 0, 3, 0x14, 0x15],
  ...[0x20, 0x26, 0x01, 0x15, 0x12, 0x31, 0x00],
  ...new Uint8Array(16).fill(0xa5),
);

/** Data of zeros: of the right length, with a signature that is wrong. */
export const WRONG_DEBIT = debitIep(new Uint8Array(53));
export const WRONG_CREDIT = creditIep(new Uint8Array(15));

/** From wherever the card is. */
export async function enter(talk: Talk, state: PlainState): Promise<void> {
  if (state === "idle") return void (await talk.card.reset("warm"));
  await select(talk);
  if (state === "purchase") await talk.ask("905001001B");
  if (state === "load") await talk.ask(initializeLoad(ANY_LOADINIT));
}

/** Status words of a wrong DEBIT IEP, a wrong CREDIT IEP and GET BALANCE, one after the other, by the state before them. */
const TOLD_BY: Readonly<Record<Session, string>> = {
  idle: "6985 6985 6985",
  selected: "6985 6985 9000",
  purchase: "9302 6985 9000",
  certified: "6985 6985 9000",
  keyed: "9302 6985 9000",
  load: "6985 9302 9000",
};

/** Of an issued card with a secret key; of one with a public key a purchase is told like *selected*. */
export function tellingOf(session: Session, isPublicKey: boolean): string {
  return TOLD_BY[isPublicKey && session === "purchase" ? "selected" : session];
}

/** What tells the state: afterwards the card is selected, or idle. */
export async function tell({ ask }: Talk): Promise<string> {
  const said: string[] = [];
  for (const command of [WRONG_DEBIT, WRONG_CREDIT]) said.push(shown(await ask(command)));
  said.push((await ask("905C00000D")).SW);
  return said.join(" ");
}
