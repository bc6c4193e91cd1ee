/** Steps 680 to 694: how the draw request becomes a debit command between payment server, terminal and PSAM. */
import { toHex } from "../../harness/core/bytes.ts";
import { parseDebitPackage } from "../../harness/protocol/messages/debit-package.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import {
  claiming,
  type Draw,
  drawMessage,
  expectDrawRefused,
  firstTerminal,
  identifierOf,
  initialise,
  issue,
  withdraw,
} from "./support/direct.ts";
import { expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, theMessage } from "./support/observe.ts";
import { expectAlternating, packagesOf, type SamPackage } from "./support/packages.ts";

const suite = "payment";
const ORDER = ["ANSWER TO RESET", "INITIALIZE IEP", "DEBIT"];

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-680-01",
    suite,
    purpose: "The terminal hands what the draw request holds to the PSAM as three packages, one after the other",
    requirements: [
      "TERM-0042-a",
      "TERM-0042-b",
      "TERM-0093-a",
      "TERM-0093-b",
      "TERM-0093-c",
      "TERM-0093-d",
      "PS-0090-a",
    ],
    owner: "terminal",
    needs: { links: ["236", "SAM"] },
    async run(t) {
      for (const title of ["first purchase", "second purchase"]) {
        await t.step(title, () => expectThreePackages(t));
      }
    },
  }),
  defineCase({
    id: "PAY-680-02",
    suite,
    purpose: "The terminal waits for the PSAM's answer to each package, and sends nothing more once one is refused",
    requirements: ["TERM-0093-e", "TERM-0094-a", "PS-0090-a"],
    owner: "terminal",
    needs: { links: ["line", "SAM"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const { BALIEP } = offer.fields;
      const unreadable = { ...offer, ATR: Uint8Array.of(0x00, 0x00, 0x00) };
      const strange = claiming(offer, { ALGIEP: 0xee });
      await expectStopsAfter(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer: unreadable, MPDA: 1 }, 1, "6A80");
      await expectStopsAfter(t, { IDTERM, IDTRX: identifierOf(offer, 2), offer: strange, MPDA: 1 }, 2, "9411");
      await expectStopsAfter(t, { IDTERM, IDTRX: identifierOf(offer, 3), offer, MPDA: BALIEP + 1 }, 3, "9401");
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-680-03",
    suite,
    purpose: "A terminal in draw amount state is reserved for its transaction and refuses another draw request",
    requirements: ["TERM-0094-a", "PSAM-0059-a"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const first = await issue(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer, MPDA: 1 });
      const second: Draw = { IDTERM, IDTRX: identifierOf(offer, 2), offer, MPDA: 1 };
      await expectDrawRefused(t, second, "6985", { requirement: "PSAM-0059-a" });
      await withdraw(t, first, { requirement: "PSAM-0059-a" });
      const third = await issue(t, { ...second, IDTRX: identifierOf(offer, 3) }, { requirement: "TERM-0094-a" });
      await withdraw(t, third);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-680-04",
    suite,
    purpose: "The chosen terminal, and no other, gets each element of the draw request by the concentrator, once",
    requirements: ["PS-0091-g", "PS-0092-a", "TERM-0094-d"],
    owner: "server",
    needs: { links: ["236", "LAN", "line"] },
    async run(t) {
      const seen = await t.system.purchase();
      const { message: request } = theMessage(t, seen, "236", "draw-request");
      const draws = allOf(seen, "LAN", "t-draw");
      t.expect.equal("number of T-draws on the LAN", draws.length, 1, { requirement: "TERM-0094-d" });
      const draw = theMessage(t, seen, "LAN", "t-draw", { requirement: "PS-0092-a" });
      const about = { requirement: "PS-0091-g", at: draw.event };
      for (const name of ["IDTRX", "IDMER", "ATR", "INITRSP", "MPDA", "CURRPDA", "CEXPPDA"] as const) {
        t.expect.equal(`${name} of the T-draw`, text(draw.message[name]), text(request[name]), about);
      }
      const { IDTERM } = draw.message;
      t.expect.oneOf("IDTERM of the T-draw", IDTERM, t.system.terminals(), { ...about, requirement: "PS-0092-a" });
      const header = toHex(draw.event.bytes.subarray(0, 4));
      t.expect.equal("header of the T-draw", header, IDTERM, { ...about, requirement: "PS-0092-a" });
      const arrived = allOf(seen, "line", "t-draw").map(({ message }) => message.IDTERM);
      t.expect.equal("terminals that got the T-draw", arrived, [IDTERM], { ...about, requirement: "PS-0092-a" });
      t.expect.completed(seen);
      t.expect.order(seen, ["612", "686", "688", "692", "694", "616"], { requirement: "TERM-0094-d" });
    },
  }),
  defineCase({
    id: "PAY-680-05",
    suite,
    purpose: "The terminal's answer names the terminal, carries the debit command and reaches the server unchanged",
    requirements: ["TERM-0094-b", "TERM-0094-c", "PSAM-0094-a"],
    owner: "terminal",
    needs: { links: ["236", "LAN", "line", "SAM"] },
    async run(t) {
      const seen = await t.system.purchase();
      const answer = theMessage(t, seen, "line", "t-debit", { requirement: "TERM-0094-b" });
      const asked = theMessage(t, seen, "line", "t-draw").message;
      const about = { requirement: "TERM-0094-b", at: answer.event };
      t.expect.equal("IDTERM of the T-debit", answer.message.IDTERM, asked.IDTERM, about);
      t.expect.equal("IDTRX of the T-debit", answer.message.IDTRX, asked.IDTRX, about);
      const made = t.expect.present("answer to the package DEBIT", packagesOf(seen)[2]?.response, about);
      const command = toHex(answer.message.DEBITDATA);
      t.expect.equal("length of debit command and signature", command.length / 2, 53, {
        ...about,
        requirement: "PSAM-0094-a",
      });
      t.expect.equal("DEBITDATA of the T-debit", command, toHex(made.subarray(0, -2)), about);
      const onLan = theMessage(t, seen, "LAN", "t-debit", { requirement: "TERM-0094-c", owner: "server" });
      const expected = answer.message.IDTERM + toHex(answer.event.bytes);
      const passed = { requirement: "TERM-0094-c", owner: "server", at: onLan.event } as const;
      t.expect.equal("T-debit on the LAN", toHex(onLan.event.bytes), expected, passed);
      t.expect.completed(seen);
    },
  }),
];

async function expectThreePackages(t: CaseContext): Promise<void> {
  const seen = await t.system.purchase();
  const { message: request } = theMessage(t, seen, "236", "draw-request");
  const packages = packagesOf(seen);
  const names = packages.map(({ name }) => name);
  t.expect.equal("packages of the draw", names, ORDER, { requirement: "TERM-0093-a" });
  expectAlternating(t, seen);
  const [atr, initialize, debit] = packages as readonly [SamPackage, SamPackage, SamPackage];
  const ATR = { requirement: "TERM-0093-b", at: atr.event };
  t.expect.equal("answer to reset for the PSAM", toHex(atr.data), toHex(request.ATR), ATR);
  const INITRSP = { requirement: "TERM-0093-c", at: initialize.event };
  t.expect.equal("INITRSP for the PSAM", toHex(initialize.data), toHex(request.INITRSP), INITRSP);
  const about = { requirement: "TERM-0093-d", at: debit.event };
  const parsed = parseDebitPackage(debit.data);
  t.expect.that(parsed.ok, "the debit package is well-formed", { ...about, actual: toHex(debit.data) });
  if (!parsed.ok) return;
  const { MPDA, CURRPDA, CEXPPDA, IDTRX } = request;
  const { MPDA: a, CURRPDA: b, CEXPPDA: c, IDTRX: d } = parsed.value;
  t.expect.equal("amount of the debit package", { MPDA: a, CURRPDA: b, CEXPPDA: c }, { MPDA, CURRPDA, CEXPPDA }, about);
  t.expect.equal("IDTRX of the debit package", d, IDTRX, about);
  t.expect.completed(seen, { requirement: "TERM-0042-b" });
}

/** The PSAM refuses package number `count`: the terminal says so, sends no other package, and is free again. */
async function expectStopsAfter(t: CaseContext, draw: Draw, count: number, CC: string): Promise<void> {
  const since = t.system.events().at(-1)?.n;
  await expectDrawRefused(t, draw, CC, { requirement: "TERM-0094-a" });
  const events = t.system.events(since).filter(({ n }) => n > (since ?? 0));
  const names = packagesOf(events).map(({ name }) => name);
  const about = { requirement: "TERM-0093-e", at: events.at(-1) };
  t.expect.equal(`packages of a draw whose package ${count} is refused`, names, ORDER.slice(0, count), about);
  expectAlternating(t, events);
  t.note(`refused as ${CC}: ${drawMessage(t, draw).IDTRX}`);
}

function text(value: Uint8Array | string | number): string {
  return value instanceof Uint8Array ? toHex(value) : String(value);
}
