/** The table of states (`card-edge.md` 3): every two commands from every state, and every three from *selected*. */
import { flipBit, fromHex } from "../../harness/core/bytes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { commandRow, wellFormed } from "./support/commands.ts";
import { dueOf, type Session } from "./support/oracle.ts";
import { creditIep, debitIep, getPrevious, initializeLoad, openPurse, type Purse } from "./support/purse.ts";
import {
  type LoadSession,
  loadSession,
  type PurchaseSession,
  purchaseSession,
  signedDebit,
  signedLoad,
} from "./support/signatures.ts";
import { type PlainState, STATES, tell, tellingOf } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { SELECT } from "./support/talk.ts";

const about = { requirement: "CARD-0033-b" };

/** Where a card is, and what its next DEBIT IEP or CREDIT IEP has to be made with. */
interface Place {
  readonly purse: Purse;
  session: Session;
  purchase?: PurchaseSession;
  load?: LoadSession;
}

/** One thing that happens to a card. `made`: bytes, and the status word that their data earns. */
interface Event {
  readonly id: string;
  readonly what: string;
  readonly made: (place: Place) => readonly [command: Uint8Array, verdict: string] | "reset";
}

const plain = (id: string, what: string, command: string | Uint8Array, verdict = "9000"): Event => ({
  id,
  what,
  made: () => [typeof command === "string" ? fromHex(command) : command, verdict],
});

const EVENTS: readonly Event[] = [
  plain("SELECT", "SELECT", SELECT),
  plain("OTHER", "SELECT of another name", "00A4040008F050422D0000000100"),
  plain("INIT-P", "INITIALIZE for purchase", "905001001B"),
  { id: "INIT-L", what: "INITIALIZE for load", made: ({ purse }) => [initializeLoad(purse.loadInit()), "9000"] },
  plain("INIT-NO", "INITIALIZE with P1 02", "905002001B"),
  plain("INIT-SHORT", "INITIALIZE with Le 1A", "905001001A"),
  {
    id: "INIT-DATE",
    what: "INITIALIZE for load on no day",
    made: ({ purse }) => [initializeLoad(purse.loadInit({ DTHR: "20260231120000" })), "6A80"],
  },
  { id: "DEBIT", what: "DEBIT", made: (place) => [debitIep(debitOf(place)), "9000"] },
  { id: "DEBIT-BAD", what: "DEBIT with a wrong S2", made: (place) => [debitIep(flipBit(debitOf(place), 423)), "9302"] },
  { id: "DEBIT-LONG", what: "DEBIT with a byte too many", made: () => [debitIep(new Uint8Array(54)), "9000"] },
  { id: "CREDIT", what: "CREDIT", made: (place) => [creditIep(creditOf(place)), "9000"] },
  {
    id: "CREDIT-BAD",
    what: "CREDIT with a wrong S2",
    made: (place) => [creditIep(flipBit(creditOf(place), 119)), "9302"],
  },
  { id: "PRESENT", what: "PRESENT CERTIFICATE", made: () => [wellFormed(commandRow("PRESENT CERTIFICATE")), "9000"] },
  plain("READ", "GET BALANCE", "905C00000D"),
  plain("RECORD", "READ RECORD", "00B2010C00"),
  {
    id: "PREVIOUS",
    what: "GET PREVIOUS",
    made: ({ purse }) => [getPrevious("load", (purse.NTIEP + 9) % 0xffff), "9406"],
  },
  { id: "PERSO", what: "PERSONALISE", made: () => [wellFormed(commandRow("PERSONALISE")), "9000"] },
  { id: "RESET", what: "a warm reset", made: () => "reset" },
];

/** DEBITDATA for the last INITIALIZE IEP; of zeros where there was none. */
function debitOf({ purse, purchase }: Place): Uint8Array {
  return purchase ? signedDebit(purchase, purse.debitBytes()) : new Uint8Array(53);
}

function creditOf({ load }: Place): Uint8Array {
  return load ? signedLoad(load) : new Uint8Array(15);
}

/** The event happens; the card answers as the table says, and the place follows. */
async function happen(place: Place, event: Event, sweep: Sweep, path: string): Promise<void> {
  const { purse } = place;
  const made = event.made(place);
  if (made === "reset") {
    await purse.talk.card.reset("warm");
    place.session = "idle";
    return;
  }
  const [command, verdict] = made;
  const { SW, session } = dueOf({ session: place.session, life: "issued" }, command, verdict);
  const answer = await purse.talk.ask(command);
  sweep.judge(`${event.what} in ${path}`, answer.SW, SW);
  if (answer.SW === "9000") follow(place, event, answer.data);
  place.session = session;
}

function follow(place: Place, { id }: Event, data: Uint8Array): void {
  const { purse } = place;
  if (id === "INIT-P" && purse.keys.KDP) place.purchase = purchaseSession(purse.keys.KDP, data);
  if (id === "INIT-L") place.load = loadSession(purse.keys.KDL, purse.loadInit(), data.slice(0, 27), data.slice(27));
  if (id === "DEBIT") purse.debited(purse.debitBytes(), data);
  if (id === "CREDIT") purse.credited(purse.loadInit(), data);
}

async function walk(purse: Purse, sweep: Sweep, from: PlainState, events: readonly Event[]): Promise<void> {
  const place: Place = { purse, session: "idle" };
  const path = `${from}: ${events.map(({ what }) => what).join(", ")}`;
  for (const id of [from === "idle" ? "RESET" : "SELECT", ...(WAY[from] ? [WAY[from]] : [])]) {
    await happen(place, EVENTS.find((each) => each.id === id) ?? SELECTING, sweep, path);
  }
  for (const event of events) await happen(place, event, sweep, path);
  sweep.judge(`state after ${path}`, await tell(purse.talk), tellingOf(place.session, false));
}

const SELECTING: Event = plain("SELECT", "SELECT", SELECT);
const WAY: Readonly<Record<PlainState, string | undefined>> = {
  idle: undefined,
  selected: undefined,
  purchase: "INIT-P",
  load: "INIT-L",
};

async function walkAll(t: DeviceContext, from: PlainState, paths: readonly (readonly Event[])[]): Promise<void> {
  const purse = await openPurse(t);
  const sweep = new Sweep(purse.talk);
  for (const events of paths) await walk(purse, sweep, from, events);
  sweep.expectNone(`${paths.length} orders of commands from ${from}`, about);
  await purse.select();
  await purse.expectSame({ requirement: "CARD-0031-j" });
}

const pairs = EVENTS.flatMap((first) => EVENTS.map((second) => [first, second] as const));

export const cases: readonly Case[] = [
  ...STATES.map((from) =>
    defineDeviceCase({
      id: `CARD-ORDER-${from.toUpperCase()}`,
      suite: "card",
      purpose: `Every two of ${EVENTS.length} commands and resets one after the other, from a card that is ${inWords(from)}: status words and states are those of the table, and value moves only where it should`,
      requirements: ["CARD-0033-b", "CARD-0077-a", "CARD-0031-j"],
      owner: "card",
      needs: { keys: true, secretKeyCard: true },
      consumes: { NTIEP: 2 * EVENTS.length, value: 2 * EVENTS.length, writes: 2 * EVENTS.length },
      run: (t) => walkAll(t, from, pairs),
    }),
  ),
  ...EVENTS.map((first) =>
    defineDeviceCase({
      id: `CARD-ORDER3-${first.id}`,
      suite: "card",
      purpose: `${first.what}, and every two of ${EVENTS.length} commands and resets after it, from a selected card: status words and states are those of the table`,
      requirements: ["CARD-0033-b", "CARD-0077-a", "CARD-0031-j"],
      owner: "card",
      needs: { keys: true, secretKeyCard: true },
      consumes: { NTIEP: 2 * EVENTS.length, value: 2 * EVENTS.length, writes: 2 * EVENTS.length },
      run: (t) =>
        walkAll(
          t,
          "selected",
          pairs.map((pair) => [first, ...pair]),
        ),
    }),
  ),
];

function inWords(state: PlainState): string {
  return { idle: "idle", selected: "selected", purchase: "initialised for purchase", load: "initialised for load" }[
    state
  ];
}
