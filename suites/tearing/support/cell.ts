/** One cell of the matrix: a flow is torn at one moment of one command, until that command has no such moment any more. */
import type { Disturbance, PurchaseObservation } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase, type Needs } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { apdusOn } from "../../payment/support/observe.ts";
import { type Ending, endingsInWords } from "./endings.ts";
import type { Flow } from "./flows.ts";
import { type CardImage, expectNew, expectOld, isChanged, readImage } from "./image.ts";
import { type Command, type Moment, writingCommand } from "./places.ts";

export interface Place {
  readonly flow: Flow;
  readonly command: Command;
  readonly moment: Moment;
}

export function tornCase(id: string, place: Place, needs: Needs = {}): Case {
  const { flow, command, moment } = place;
  return defineCase({
    id,
    suite: "tearing",
    purpose: `${command.title}, ${moment.title}: the card is all old or all new when it comes back, and every book says the same`,
    requirements: flow.requirements,
    owner: "card",
    cell: { matrix: flow.title, row: command.title, column: moment.title },
    needs: { ...flow.needs, ...needs, cards: [flow.card], links: ["235"], keys: true, tear: true, removal: true },
    timeoutMs: 300_000,
    run: (t) => runCell(t, place),
  });
}

async function runCell(t: CaseContext, place: Place): Promise<void> {
  const { flow, moment } = place;
  if (flow.card !== "specimen") await t.system.insertCard(flow.card);
  const endings: Ending[] = [];
  if (moment.leaves !== "either") {
    const ending = await t.step(moment.title, () => tornOnce(t, place, 0));
    t.expect.present("the moment to tear the card", ending, { owner: "bench" });
    if (ending) endings.push(ending);
  } else {
    // what an earlier one has left in the card's journal must not come back
    await t.step("one that is not torn", () => expectServed(t, flow, about(place)));
    for (let write = first(t); ; write = next(t, write)) {
      const ending = await t.step(`${moment.title}, the ${write}.`, () => tornOnce(t, place, write));
      if (ending === undefined) break;
      endings.push(ending);
      expectSteady(t, endings, about(place));
    }
    t.expect.that(endings.length > 0, "the card writes what it has done", about(place));
  }
  await t.step("the card serves on", () => expectServed(t, flow, about(place)));
  t.ending(endingsInWords(endings));
}

/** Where time is dear, not every write: the third, and from there each time twice as far. */
function first(t: CaseContext): number {
  return t.facts.offers.exhaustive ? 1 : 3;
}

function next(t: CaseContext, write: number): number {
  return t.facts.offers.exhaustive ? write + 1 : write * 2;
}

/** Once a write has made it done, no later one makes it undone. */
function expectSteady(t: CaseContext, endings: readonly Ending[], about: About): void {
  const [last, before] = [endings.at(-1), endings.at(-2)];
  if (!last || before?.ended !== "recovered") return;
  t.expect.that(last.ended !== "rolled back", "what is done at one write is done at every later one", about);
}

/** Undefined: the command has no such write, and the flow came to its own end. */
async function tornOnce(t: CaseContext, place: Place, write: number): Promise<Ending | undefined> {
  const { flow, command, moment } = place;
  const says = about(place);
  const before = await readImage(t);
  const settled = await flow.books(t, says);
  const main = command.recovers ? mainPlace(place) : place;
  const { seen, hits } = await struck(t, main, write, () => flow.act(t));
  if (hits === 0 && moment.leaves === "either") {
    t.expect.equal("how the flow ended that was not torn (CC)", seen.outcome.CC, "0000", says);
    await settled(flow.completed(t, seen, before));
    return undefined;
  }
  t.expect.equal("times that the card was torn", hits, 1, { owner: "bench" });
  await t.system.insertCard(flow.card);
  const after = await readImage(t, before.purse.NTIEP);
  const isDone = isChanged(before, after);
  const done = isDone ? flow.completed(t, seen, before) : undefined;
  const expectSame = (image: CardImage) =>
    done ? expectNew(t, before, image, done, says) : expectOld(t, before, image, says);
  expectSame(after);
  const due = dueOf(main);
  if (due !== "either") t.expect.equal("the transaction is done", isDone, due === "new", says);
  const isTold = seen.outcome.CC === "0000";
  if (!isDone) t.expect.that(!isTold, "nobody is told of a success", { ...says, actual: seen.outcome.CC });
  if (main.moment.id === "ANSWERED" && isDone)
    t.expect.equal("what the user is told (CC)", seen.outcome.CC, "0000", says);
  if (command.recovers) await tornAgain(t, place, expectSame, before);
  expectNotAgain(t, flow, await t.system.recover(), says);
  t.expect.absent("what the set-top box has left open after that", await t.system.recover(), says);
  expectSame(await readImage(t, before.purse.NTIEP));
  await settled(done);
  return { write, ended: !isDone ? "rolled back" : isTold ? "committed" : "recovered" };
}

/** Where the transaction was torn whose recovery is torn now. */
function mainPlace({ flow, command }: Place): Place {
  const isDone = command.recovers === "done";
  const moment: Moment = isDone
    ? { id: "FIRST", title: "done, before its answer", at: "after-command", leaves: "new" }
    : { id: "FIRST", title: "before", at: "before-command", leaves: "old" };
  return { flow, command: writingCommand(flow), moment };
}

function dueOf({ command, moment }: Place): Moment["leaves"] {
  return command.isWriting ? moment.leaves : "old";
}

/** The card is asked, and never told a second time. */
function expectNotAgain(t: CaseContext, flow: Flow, seen: PurchaseObservation | undefined, says: About): void {
  const commands = seen === undefined ? [] : apdusOn(seen, "235", writingCommand(flow).INS);
  t.expect.equal(`${writingCommand(flow).title} in the recovery`, commands.length, 0, says);
}

/** The recovery is torn, and the card comes back as it was. */
async function tornAgain(
  t: CaseContext,
  place: Place,
  expectSame: (image: CardImage) => void,
  before: CardImage,
): Promise<void> {
  const { hits } = await struck(t, place, 0, async () => (await t.system.recover()) ?? NOTHING);
  t.expect.equal("times that the card was torn in the recovery", hits, 1, { owner: "bench" });
  await t.system.insertCard(place.flow.card);
  expectSame(await readImage(t, before.purse.NTIEP));
}

const NOTHING = { outcome: { CC: "0000" }, events: [] };

/** `work`, with the card torn or pulled at that moment, once. */
async function struck<T>(
  t: CaseContext,
  { command, moment }: Place,
  write: number,
  work: () => Promise<T>,
): Promise<{ seen: T; hits: number }> {
  using blow = moment.pulledBy ? pulled(t, command, moment.pulledBy) : torn(t, command, moment, write);
  const seen = await work();
  return { seen, hits: blow.hits };
}

function torn(t: CaseContext, { INS, P1 }: Command, { at = "before-command" }: Moment, write: number): Disturbance {
  const isPart = at === "before" || at === "within" || at === "after";
  return t.system.tear({ INS, P1, at: isPart ? { write, part: at } : at });
}

function pulled(t: CaseContext, { INS, skip = 0 }: Command, from: "set-top-box" | "card"): Disturbance {
  let passed = 0;
  let hits = 0;
  const hook = t.system.when({ link: "235", from, message: INS }, async () => {
    if (passed++ !== skip) return;
    hits++;
    await t.system.removeCard();
  });
  return {
    get hits() {
      return hits;
    },
    [Symbol.dispose]: () => hook[Symbol.dispose](),
  };
}

/** The same flow, undisturbed, and everything as it has to be. */
async function expectServed(t: CaseContext, flow: Flow, says: About): Promise<void> {
  const before = await readImage(t);
  const settled = await flow.books(t, says);
  const seen = await flow.act(t);
  t.expect.equal("how the next one ended (CC)", seen.outcome.CC, "0000", says);
  const done = flow.completed(t, seen, before);
  expectNew(t, before, await readImage(t, before.purse.NTIEP), done, says);
  await settled(done);
}

function about({ flow }: Place): About {
  return { requirement: flow.requirements[0] ?? "" };
}
