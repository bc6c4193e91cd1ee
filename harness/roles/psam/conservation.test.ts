/** Money in the totals of a PSAM, whatever the order of commands. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { restorePsam } from "./personalise.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import {
  complete,
  debit,
  debitPackage,
  idtrx,
  initResponse,
  issuePackage,
  negative,
  present,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";

/** What the test itself believes to be counted, by number of the transaction. */
interface Ledger {
  readonly issued: Map<number, number>;
  readonly waiting: Map<number, number>;
  readonly confirmed: Map<number, number>;
  /** By number: the right and a genuine negative CARDRSP. */
  readonly answers: Map<number, { readonly right: Uint8Array; readonly negative: Uint8Array }>;
}

const step = fc.record({
  act: fc.constantFrom(
    "issue",
    "issue",
    "draw",
    "complete",
    "negative",
    "forged",
    "withdraw",
    "suspend",
    "reset",
    "power loss",
    "write fails",
  ),
  number: fc.integer({ min: 1, max: 6 }),
  MPDA: fc.integer({ min: 1, max: 500 }),
});

it("MTOT is the sum of issued and confirmed amounts, after any sequence of commands", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ledger: Ledger = { issued: new Map(), waiting: new Map(), confirmed: new Map(), answers: new Map() };
      let works = true;
      let psam = serve({ memory: () => works });
      for (const { act, number, MPDA } of steps) {
        works = act !== "write fails";
        if (act === "power loss") {
          psam = servePsam({ state: restorePsam(structuredClone(psam.state.memory)), memory: () => works });
          send(psam, SELECT);
        } else perform(psam, act, number, MPDA, ledger);
        works = true;
        const { totals, issued, open, suspended } = psam.state.memory;
        const amounts = [...ledger.issued.values(), ...ledger.confirmed.values()];
        expect(totals.reduce((sum, { MTOT }) => sum + MTOT, 0)).toBe(amounts.reduce((sum, each) => sum + each, 0));
        expect(totals.reduce((sum, { NTOT }) => sum + NTOT, 0)).toBe(amounts.length);
        expect(issued.map(({ IDTRX }) => IDTRX).sort()).toEqual([...ledger.issued.keys()].map(idtrx).sort());
        const waiting = open === null ? suspended : [...suspended, open];
        expect(waiting.map(({ IDTRX }) => IDTRX).sort()).toEqual([...ledger.waiting.keys()].map(idtrx).sort());
      }
    }),
    { numRuns: 60 },
  );
});

function perform(psam: SimulatedPsam, act: string, number: number, MPDA: number, ledger: Ledger): void {
  switch (act) {
    case "issue":
      begin(psam, number, MPDA, ledger, ledger.issued, issuePackage({ IDTRX: idtrx(number), MPDA }));
      return;
    case "draw":
      begin(psam, number, MPDA, ledger, ledger.waiting, debitPackage({ IDTRX: idtrx(number), MPDA }));
      return;
    case "complete":
      completed(psam, number, ledger);
      return;
    case "negative": {
      const answer = ledger.answers.get(number)?.negative;
      if (!answer || complete(psam, number, answer) !== "9404") return;
      ledger.issued.delete(number);
      ledger.waiting.delete(number);
      return;
    }
    case "forged":
      expect(complete(psam, number, new Uint8Array(16))).toMatch(/^9(302|415|416)$/);
      return;
    case "withdraw":
      if (send(psam, encodePsamCancelCommand(idtrx(number), "withdraw")) !== "9000") return;
      ledger.issued.delete(number);
      ledger.waiting.delete(number);
      return;
    case "suspend": {
      const amount = ledger.issued.get(number) ?? ledger.waiting.get(number);
      if (send(psam, encodePsamCancelCommand(idtrx(number), "suspend")) !== "9000") return;
      ledger.issued.delete(number);
      ledger.waiting.set(number, amount ?? Number.NaN);
      return;
    }
    case "write fails":
      send(psam, encodePsamCancelCommand(idtrx(number), "withdraw"));
      complete(psam, number, ledger.answers.get(number)?.right ?? new Uint8Array(16));
      return;
    default:
      psam.reset();
      send(psam, SELECT);
  }
}

/** A draw with a card of its own, whose answers are kept for later. */
function begin(
  psam: SimulatedPsam,
  number: number,
  MPDA: number,
  ledger: Ledger,
  into: Map<number, number>,
  command: Uint8Array,
): void {
  const card = testCard(number % 2 ? "specimen" : "aes");
  if (psam.state.memory.open !== null) return;
  if (present(psam, initResponse(card)) !== "9000") return;
  const response = psam.transmit(command);
  if (response.length === 2) return;
  const DEBITDATA = response.subarray(0, 53);
  const negativeAnswer = negative(card, DEBITDATA);
  ledger.answers.set(number, { right: debit(card, DEBITDATA), negative: negativeAnswer });
  into.set(number, MPDA);
}

function completed(psam: SimulatedPsam, number: number, ledger: Ledger): void {
  const answer = ledger.answers.get(number)?.right;
  if (!answer || !complete(psam, number, answer).endsWith("9000")) return;
  const amount = ledger.issued.get(number) ?? ledger.waiting.get(number);
  ledger.issued.delete(number);
  ledger.waiting.delete(number);
  ledger.confirmed.set(number, amount ?? Number.NaN);
}
