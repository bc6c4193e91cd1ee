/** No money is lost or made by collections, whatever the order of commands, resets, failed writes and repeats. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { signS5 } from "../../crypto/collection.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodeCollectCommand, encodeEndOfCollectionCommand } from "../../protocol/messages/psam-collect.ts";
import { encodeTotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import { restorePsam } from "./personalise.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import {
  complete,
  debit,
  debitPackage,
  idtrx,
  initResponse,
  issuePackage,
  present,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";

interface Money {
  readonly sum: number;
  readonly number: number;
}

/** What the test itself believes, apart from the PSAM. */
interface Books {
  /** Amounts of transactions by number, with the answer of the card that is still to come. */
  readonly issued: Map<number, { readonly amount: number; readonly CARDRSP: Uint8Array }>;
  readonly waiting: Map<number, { readonly amount: number; readonly CARDRSP: Uint8Array }>;
  confirmed: Money;
  /** What has left the totals: kept by the PSAM, and acknowledged. */
  outstanding: (Money & { readonly DIGEST: string; readonly NTCOL: number; readonly answer: string }) | undefined;
  acknowledged: Money;
  collections: number;
}

const NOTHING: Money = { sum: 0, number: 0 };
const plus = (one: Money, other: Money): Money => ({ sum: one.sum + other.sum, number: one.number + other.number });
const minus = (one: Money, other: Money): Money => ({ sum: one.sum - other.sum, number: one.number - other.number });

const step = fc.record({
  act: fc.constantFrom(
    "sell",
    "sell",
    "issue",
    "answer",
    "answer",
    "answer",
    "withdraw",
    "collect all",
    "collect all",
    "collect some",
    "collect again",
    "acknowledge",
    "acknowledge wrong",
    "reset",
    "power loss",
  ),
  number: fc.integer({ min: 1, max: 19 }),
  MPDA: fc.integer({ min: 1, max: 500 }),
  writes: fc.constantFrom(true, true, true, false),
});

it("totals, the collection that is kept and what was acknowledged are together all that was ever counted", () => {
  let collections = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), (steps) => {
      const books: Books = {
        issued: new Map(),
        waiting: new Map(),
        confirmed: NOTHING,
        outstanding: undefined,
        acknowledged: NOTHING,
        collections: 0,
      };
      let works = true;
      const memory = () => works;
      let psam = serve({ memory });
      for (const { act, number, MPDA, writes } of steps) {
        if (act === "power loss") psam = servePsam({ state: restorePsam(structuredClone(psam.state.memory)), memory });
        if (act === "power loss" || act === "reset") restart(psam);
        else {
          const sale = prepared(psam, act, number, MPDA);
          works = writes;
          perform(psam, act, number, MPDA, books, sale);
          works = true;
        }
        expectBalanced(psam, books);
      }
      collections += books.collections;
    }),
    { numRuns: 60 },
  );
  expect(collections).toBeGreaterThan(20);
});

function restart(psam: SimulatedPsam): void {
  psam.reset();
  send(psam, SELECT);
}

function expectBalanced({ state }: SimulatedPsam, books: Books): void {
  const { totals, collection, NTCOL } = state.memory;
  const held = totals.reduce<Money>((all, { MTOT, NTOT }) => plus(all, { sum: MTOT, number: NTOT }), NOTHING);
  const kept = books.outstanding ?? NOTHING;
  const issued = [...books.issued.values()].reduce((all, { amount }) => plus(all, { sum: amount, number: 1 }), NOTHING);
  expect(plus(plus(held, kept), books.acknowledged)).toEqual(plus(books.confirmed, issued));
  expect(collection === null).toBe(books.outstanding === undefined);
  expect(NTCOL).toBe(books.collections);
  expect(totals.every(({ MTOT, NTOT }) => MTOT > 0 && NTOT > 0)).toBe(true);
}

/** A card presented for a draw, before any write may fail. */
function prepared(psam: SimulatedPsam, act: string, number: number, MPDA: number) {
  if ((act !== "sell" && act !== "issue") || psam.state.memory.open !== null) return undefined;
  const card = testCard("specimen");
  restart(psam);
  expect(present(psam, initResponse(card))).toBe("9000");
  const data = { IDTRX: idtrx(number), MPDA };
  return { card, command: act === "sell" ? debitPackage(data) : issuePackage(data) };
}

function perform(
  psam: SimulatedPsam,
  act: string,
  number: number,
  MPDA: number,
  books: Books,
  sale: ReturnType<typeof prepared>,
): void {
  switch (act) {
    case "sell":
    case "issue": {
      const response = sale ? psam.transmit(sale.command) : new Uint8Array(2);
      if (!sale || response.length === 2) return;
      const made = { amount: MPDA, CARDRSP: debit(sale.card, response.subarray(0, 53)) };
      (act === "sell" ? books.waiting : books.issued).set(number, made);
      return;
    }
    case "answer":
      answer(psam, books, number);
      return;
    case "withdraw":
      if (send(psam, encodePsamCancelCommand(idtrx(number), "withdraw")) !== "9000") return;
      books.issued.delete(number);
      books.waiting.delete(number);
      return;
    case "collect all":
      collect(psam, books, available(books), number);
      return;
    case "collect some":
      collect(psam, books, { sum: MPDA, number: number % 4 }, number);
      return;
    case "collect again":
      collect(psam, books, books.outstanding ?? NOTHING, Number.parseInt(books.outstanding?.DIGEST ?? "0", 16));
      return;
    default:
      acknowledge(psam, books, act === "acknowledge" ? 0 : 1);
  }
}

/** The card's answer to one of the debits that wait for it. */
function answer(psam: SimulatedPsam, books: Books, which: number): void {
  const due = [...books.issued, ...books.waiting];
  const [number, made] = due[which % Math.max(1, due.length)] ?? [];
  if (number === undefined || !made || !complete(psam, number, made.CARDRSP).endsWith("9000")) return;
  books.issued.delete(number);
  books.waiting.delete(number);
  books.confirmed = plus(books.confirmed, { sum: made.amount, number: 1 });
}

function available({ confirmed, acknowledged, outstanding }: Books): Money {
  return minus(minus(confirmed, acknowledged), outstanding ?? NOTHING);
}

function collect(psam: SimulatedPsam, books: Books, money: Money, name: number): void {
  const { sum, number } = money;
  const DIGEST = name.toString(16).toUpperCase().padStart(64, "0");
  const LINES = encodeTotalsLine({ PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: sum, NTOT: number });
  const answer = send(psam, encodeCollectCommand({ DIGEST, LINES }));
  const { outstanding } = books;
  if (outstanding && outstanding.DIGEST !== DIGEST && outstanding.sum === sum && outstanding.number === number) {
    if (answer === "6581") return;
    expect(answer).toMatch(answerUnder(outstanding.NTCOL)); // the same lines again, under a digest that is kept from now on
    books.outstanding = { ...outstanding, DIGEST, answer };
    return;
  }
  const expected = expectedAnswer(books, money, DIGEST);
  if (answer === "6581") {
    expect(expected).toBe("taken"); // only what changes something is written
    return;
  }
  if (expected !== "taken") {
    expect(answer).toBe(expected);
    return;
  }
  const NTCOL = ++books.collections;
  expect(answer).toMatch(answerUnder(NTCOL));
  books.outstanding = { sum, number, DIGEST, NTCOL, answer };
}

/** NTCOL, some S4, `9000`. */
function answerUnder(NTCOL: number): RegExp {
  return new RegExp(`^${NTCOL.toString(16).toUpperCase().padStart(8, "0")}.{16}9000$`);
}

function expectedAnswer(books: Books, money: Money, DIGEST: string): string {
  const { outstanding } = books;
  if (money.sum === 0 || money.number === 0) return "6A80";
  if (outstanding) {
    const isSame =
      outstanding.DIGEST === DIGEST && outstanding.sum === money.sum && outstanding.number === money.number;
    return isSame ? outstanding.answer : "9419";
  }
  const rest = minus(available(books), money);
  return rest.sum >= 0 && rest.number >= 0 && (rest.sum === 0) === (rest.number === 0) ? "taken" : "9418";
}

/** `flaw`: 0 for the right S5. */
function acknowledge(psam: SimulatedPsam, books: Books, flaw: number): void {
  const { KDC, PPPSAM, IDPSAM } = psam.state.memory;
  const { outstanding } = books;
  const NTCOL = outstanding?.NTCOL ?? books.collections;
  const DIGEST = fromHex(outstanding?.DIGEST ?? "00".repeat(32));
  const S5 = signS5(fromHex(KDC), { PPPSAM, IDPSAM, NTCOL, DIGEST });
  const wrong = S5.map((byte) => byte ^ flaw);
  const SW = send(psam, encodeEndOfCollectionCommand(NTCOL, wrong));
  if (!outstanding) expect(SW).toBe("9415");
  else if (flaw !== 0) expect(SW).toBe("9302");
  else if (SW === "9000") {
    books.acknowledged = plus(books.acknowledged, outstanding);
    books.outstanding = undefined;
  } else expect(SW).toBe("6581");
}
