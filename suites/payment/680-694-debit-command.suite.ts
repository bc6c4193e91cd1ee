/** Step 692: every element of the debit command, and the PSAM's signature recomputed independently. */
import { toHex } from "../../harness/core/bytes.ts";
import type { PurchaseObservation, RecordedEvent } from "../../harness/flows/system.ts";
import { isDateTime } from "../../harness/protocol/messages/calendar.ts";
import { parseDebitData } from "../../harness/protocol/messages/debit-data.ts";
import { readInitResponse } from "../../harness/protocol/messages/init-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { firstTerminal, identifierOf, initialise, issue, withdraw } from "./support/direct.ts";
import { type Accounts, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { theMessage } from "./support/observe.ts";
import { packagesOf } from "./support/packages.ts";
import { expectedS2 } from "./support/signatures.ts";

const suite = "payment";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-692-01",
    suite,
    purpose: "The debit command holds PSAM, transaction, amount, currency, date, time and location of this sale",
    requirements: ["PSAM-0094-b", "PSAM-0094-c", "PSAM-0094-d", "PSAM-0094-e", "PSAM-0094-g", "PSAM-0044-g"],
    owner: "psam",
    needs: { links: ["236", "line"] },
    async run(t) {
      for (const title of ["first purchase", "second purchase"]) {
        await t.step(title, async () => {
          const before = await readAccounts(t);
          expectElements(t, before, await t.system.purchase());
        });
      }
    },
  }),
  defineCase({
    id: "PAY-692-02",
    suite,
    purpose: "The debit command carries the signature that only the holder of the keys can make, fresh for each sale",
    requirements: ["PSAM-0080-b", "PSAM-0094-a", "PSAM-0094-f", "PSAM-0044-i", "PSAM-0044-f"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const signatures: string[] = [];
      for (let round = 0; round < 3; round++) {
        const offer = await initialise(t);
        const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer, MPDA: 1 });
        const { S2 } = issued.debit;
        const requirement = round === 0 ? "PSAM-0094-f" : "PSAM-0044-i";
        t.expect.equal("S2 of the debit command", S2, expectedS2(t, offer, issued.DEBITDATA), { requirement });
        t.expect.that(!signatures.includes(S2), "S2 is fresh", { requirement: "PSAM-0080-b", actual: S2 });
        signatures.push(S2);
        await withdraw(t, issued);
      }
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-692-03",
    suite,
    purpose: "The number of a PSAM transaction is never used twice, whatever becomes of the transaction",
    requirements: ["PSAM-0080-a", "PAY-BASE-630-f"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      let { NTPSAM } = await t.system.readTotals(IDTERM);
      const about = { requirement: "PSAM-0080-a" };
      for (let round = 1; round <= 3; round++) {
        const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer, round), offer, MPDA: 1 });
        t.expect.equal("NTPSAM of the debit command", issued.debit.NTPSAM, NTPSAM, about);
        await withdraw(t, issued);
        const next = (await t.system.readTotals(IDTERM)).NTPSAM;
        t.expect.equal("NTPSAM after a withdrawn transaction", next, NTPSAM + 1, about);
        NTPSAM = next;
      }
      await expectNextPurchaseWorks(t, before);
    },
  }),
];

function expectElements(t: CaseContext, before: Accounts, seen: PurchaseObservation): void {
  const { message: request } = theMessage(t, seen, "236", "draw-request");
  const { IDTERM } = theMessage(t, seen, "line", "t-draw").message;
  const totals = t.expect.present("totals of the terminal's PSAM", before.totals.get(IDTERM));
  const { DEBITDATA, at } = debitCommand(t, seen);
  const parsed = parseDebitData(DEBITDATA);
  t.expect.that(parsed.ok, "the debit command is well-formed", { at, actual: toHex(DEBITDATA) });
  if (!parsed.ok) return;
  const { value: command } = parsed;
  const psam = { requirement: "PSAM-0094-b", at };
  t.expect.equal("PPPSAM", command.PPPSAM, totals.PPPSAM, psam);
  t.expect.equal("IDPSAM", command.IDPSAM, totals.IDPSAM, psam);
  t.expect.equal("NTPSAM", command.NTPSAM, totals.NTPSAM, psam);
  t.expect.equal("IDTRX", command.IDTRX, request.IDTRX, { requirement: "PSAM-0094-c", at });
  t.expect.equal("MPDA", command.MPDA, request.MPDA, { requirement: "PSAM-0094-d", at });
  const currency = { requirement: "PSAM-0094-e", at };
  t.expect.equal("CURRPDA", command.CURRPDA, request.CURRPDA, currency);
  t.expect.equal("CEXPPDA", command.CEXPPDA, request.CEXPPDA, currency);
  const time = { requirement: "PSAM-0094-g", at };
  t.expect.that(isDateTime(command.DTHR), "DTHR is date and time", { ...time, actual: command.DTHR });
  t.expect.oneOf("day of the transaction", command.DTHR.slice(0, 8), days(t.facts.today), time);
  t.expect.matches("LOC", command.LOC, /^\d{8}$/, time);
  const card = readInitResponse(request.INITRSP);
  t.expect.equal("NTIEP of the card", card.ok ? card.value.NTIEP : undefined, before.purse.NTIEP);
  t.expect.completed(seen);
}

/** As the PSAM gave it where that is seen, else as the terminal passed it on. */
function debitCommand(t: CaseContext, seen: PurchaseObservation): { DEBITDATA: Uint8Array; at: RecordedEvent } {
  const made = packagesOf(seen)[2];
  if (made?.response) return { DEBITDATA: made.response.subarray(0, -2), at: made.event };
  const { message, event } = theMessage(t, seen, "line", "t-debit");
  return { DEBITDATA: message.DEBITDATA, at: event };
}

/** The bench's day and the next one: a run may go on past midnight. */
function days(today: string): readonly string[] {
  const start = Date.UTC(2000 + Number(today.slice(0, 2)), Number(today.slice(2, 4)) - 1, Number(today.slice(4, 6)));
  return [start, start + 86_400_000].map((ms) => new Date(ms).toISOString().slice(0, 10).replaceAll("-", ""));
}
