/** The payment server itself: what it keeps of a transaction, whom it serves, and how its threads live and end. */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import type { TransactionRow } from "../../harness/flows/system.ts";
import { parseDebitData } from "../../harness/protocol/messages/debit-data.ts";
import { parseInitResponse } from "../../harness/protocol/messages/init-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { initialise } from "./support/direct.ts";
import { contractKey } from "./support/merchant-word.ts";
import { expectConserved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { apdusOn, theLog, theMessage, thePage } from "./support/observe.ts";
import { drawRequestOf, failedPayment, orderItem, refusedByCard, terminalLink, theAnswer } from "./support/payment.ts";

/** Calls that tell which row the database had when certain messages passed; dispose of them after the purchase. */
function watchRows(t: CaseContext, messages: readonly { link: LinkName; from: RoleName; message: number }[]) {
  const rows = new Map<number, TransactionRow | undefined>();
  const hooks = messages.map((match) =>
    t.system.when(match, async () => {
      if (!rows.has(match.message)) rows.set(match.message, (await t.system.transactions()).at(-1));
    }),
  );
  const stop = () => {
    for (const hook of hooks) hook[Symbol.dispose]();
  };
  return { rows, stop };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-PS-01",
    suite: "payment",
    purpose:
      "The database keeps of each transaction all that passed: sale, card, terminal, command, answers and outcome",
    requirements: ["PS-0029-c"],
    owner: "server",
    needs: { links: ["236", "cable"], database: true },
    async run(t) {
      const about = { requirement: "PS-0029-c" };
      const { link } = terminalLink(t);
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      const card = parseInitResponse(theMessage(t, seen, "cable", "card-information").message.INITRSP);
      const { DEBITDATA } = theMessage(t, seen, "236", "debit-command").message;
      const command = parseDebitData(DEBITDATA);
      const result = theMessage(t, seen, link, "t-result");
      const body = link === "LAN" ? result.event.bytes.subarray(4) : result.event.bytes;
      const row = t.expect.present("row of the transaction", await t.system.transaction(page.IDTRX), about);
      const expected: Partial<TransactionRow> = {
        IDTRX: page.IDTRX,
        IDMER: page.IDMER,
        MPDA: page.MPDA,
        CURRPDA: page.CURRPDA,
        CEXPPDA: page.CEXPPDA,
        IDTERM: result.message.IDTERM,
        status: "confirmed",
        CC: "0000",
        debitCommand: toHex(DEBITDATA),
        debitResponse: toHex(theMessage(t, seen, "236", "debit-response").message.CARDRSP),
        terminalResponse: toHex(body),
        ...(card.ok ? { PPIEP: card.value.PPIEP, IDIEP: card.value.IDIEP, NTIEP: card.value.NTIEP } : {}),
        ...(command.ok ? { NTPSAM: command.value.NTPSAM } : {}),
      };
      const kept: Readonly<Record<string, unknown>> = { ...row };
      for (const [name, value] of Object.entries(expected))
        t.expect.equal(`${name} in the row`, kept[name], value, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-PS-02",
    suite: "payment",
    purpose:
      "Merchants share the payment server, and the same transaction identifier of two merchants means two transactions",
    requirements: ["PS-0029-d", "PS-0040-a"],
    owner: "server",
    needs: { cards: ["specimen"], database: true, keys: true },
    applies: ({ facts }) => facts.sites.length > 1 || "the bench has one merchant only",
    async run(t) {
      const about = { requirement: "PS-0029-d" };
      const [first, second] = t.facts.sites;
      const mine = await orderItem(t, { SITE: t.expect.present("first site", first).SITE });
      const theirs = await orderItem(t, { SITE: t.expect.present("second site", second).SITE });
      const address = `${mine.HOST}:${mine.PORT}`;
      t.expect.equal("payment server of the second merchant", `${theirs.HOST}:${theirs.PORT}`, address, {
        requirement: "PS-0040-a",
      });
      const same = { ...theirs, IDTRX: mine.IDTRX };
      const SECINFO = securityInformation(contractKey(t, theirs.IDMER), same);
      await failedPayment(t, mine);
      const card = await initialise(t);
      const draw = drawRequestOf({ ...same, SECINFO }, card);
      const answers = await t.system.paymentSession([draw, refusedByCard(same.IDTRX)]);
      theAnswer(t, answers[0], "debit-command", about);
      const rows = (await t.system.transactions()).filter(({ IDTRX }) => IDTRX === mine.IDTRX);
      const byMerchant = new Map(rows.map((row) => [row.IDMER, row]));
      t.expect.equal("rows with the identifier", rows.length, 2, about);
      const own = t.expect.present("row of the first merchant", byMerchant.get(mine.IDMER), about);
      const other = t.expect.present("row of the second merchant", byMerchant.get(theirs.IDMER), about);
      t.expect.equal("amount of the first merchant's transaction", own.MPDA, mine.MPDA, about);
      t.expect.equal("status of the first merchant's transaction", own.status, "failed", about);
      t.expect.equal("amount of the second merchant's transaction", other.MPDA, theirs.MPDA, about);
      t.expect.equal("status of the second merchant's transaction", other.status, "failed", about);
    },
  }),
  defineCase({
    id: "PAY-PS-03",
    suite: "payment",
    purpose:
      "Payment server and merchant are addressed apart, and the draw request goes to the payment server's address",
    requirements: ["PS-0040-b"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PS-0040-b" };
      const seen = await t.system.purchase();
      const { page, event } = thePage(t, seen);
      const { host, port } = t.facts.paymentServer;
      const at = { ...about, at: event };
      t.expect.equal("address of the payment server on the page", `${page.HOST}:${page.PORT}`, `${host}:${port}`, at);
      const merchant = new URL(page.URL).host;
      t.expect.that(`${page.HOST}:${page.PORT}` !== merchant, "it is not the merchant's own", {
        ...at,
        actual: merchant,
      });
      const sent = theLog(t, seen, "head-end", "draw-request-sent", about);
      const to = `${sent.fields.host}:${sent.fields.port}`;
      t.expect.equal("address that the draw request went to", to, `${host}:${port}`, { ...about, at: sent });
      theMessage(t, seen, "236", "debit-command", about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-PS-04",
    suite: "payment",
    purpose: "What card and security card say to each other is carried through, fresh in every transaction",
    requirements: ["PS-0040-c"],
    owner: "server",
    needs: { links: ["235", "236", "SAM"] },
    async run(t) {
      const about = { requirement: "PS-0040-c" };
      for (const round of ["first", "second"]) {
        await t.step(`${round} purchase`, async () => {
          const seen = await t.system.purchase();
          const issued = t.expect.present("debit command of the security card", apdusOn(seen, "SAM", 0x72)[0], about);
          const made = t.expect.present("its bytes", issued.response, about).bytes.subarray(0, -2);
          const debit = t.expect.present("DEBIT IEP at the card", apdusOn(seen, "235", 0x54)[0], about);
          const data = debit.command.bytes.subarray(5, 58);
          t.expect.equal("debit command at the card", toHex(data), toHex(made), { ...about, at: debit.command });
          const answer = t.expect.present("answer of the card", debit.response, about).bytes.subarray(0, -2);
          const shown = t.expect.present("COMPLETE at the security card", apdusOn(seen, "SAM", 0x74)[0], about);
          const heard = shown.command.bytes.subarray(21, 37);
          t.expect.equal("the card's answer at the security card", toHex(heard), toHex(answer), {
            ...about,
            at: shown.command,
          });
        });
      }
    },
  }),
  defineCase({
    id: "PAY-PS-05",
    suite: "payment",
    purpose:
      "When the terminal fails, the payment server tells the head end, frees the transaction and goes on working",
    requirements: ["PS-0040-d"],
    owner: "server",
    needs: { cards: ["specimen"], links: ["236"], database: true },
    async run(t) {
      const about = { requirement: "PS-0040-d" };
      const before = await readAccounts(t);
      const disturbance = t.system.disturb({
        ...terminalLink(t),
        message: 0xf1,
        times: 1,
        act: () => [],
        what: "T-draw lost on its way to the terminal",
      });
      const page = await orderItem(t);
      const card = await initialise(t);
      const answers = await t.system.paymentSession([drawRequestOf(page, card)]);
      disturbance[Symbol.dispose]();
      const refusal = theAnswer(t, answers[0], "refusal", about);
      t.expect.equal("CC of the refusal", refusal.CC, "A008", about);
      t.expect.equal("IDTRX of the refusal", refusal.IDTRX, page.IDTRX, about);
      const row = t.expect.present("row of the transaction", await t.system.transaction(page.IDTRX), about);
      t.expect.equal("status of the transaction", row.status, "refused", about);
      const after = await readAccounts(t);
      t.expect.equal("amount in suspense", expectConserved(t, before, after, about), 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-PS-06",
    suite: "payment",
    purpose: "Interim results are stored at every step, before the message that speaks of them",
    requirements: ["PS-0041-b", "PS-0048-b"],
    owner: "server",
    needs: { links: ["236"], database: true },
    async run(t) {
      const about = { requirement: "PS-0041-b" };
      const way = terminalLink(t);
      const server = { link: "236", from: "payment-server" } as const;
      const watch = watchRows(t, [
        { ...way, message: 0xf1 },
        { ...server, message: 0xeb },
        { ...way, message: 0xf3 },
        { ...server, message: 0xed },
      ]);
      const seen = await t.system.purchase();
      watch.stop();
      const { IDTRX } = thePage(t, seen).page;
      const atDraw = watch.rows.get(0xf1);
      t.expect.equal("row when the draw request is worked off", atDraw?.IDTRX, IDTRX, { requirement: "PS-0048-b" });
      t.expect.equal("status then", atDraw?.status, "accepted", about);
      t.expect.equal("status when the debit command leaves", watch.rows.get(0xeb)?.status, "debit-sent", about);
      const answered = watch.rows.get(0xf3)?.status;
      t.expect.equal("status when the card's answer is worked off", answered, "response-received", about);
      t.expect.equal("status when the confirmation leaves", watch.rows.get(0xed)?.status, "confirmed", about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-PS-07",
    suite: "payment",
    purpose: "A transaction that fails is in the database as well as one that succeeds",
    requirements: ["PS-0048-b"],
    owner: "server",
    needs: { cards: ["specimen"], database: true },
    async run(t) {
      const about = { requirement: "PS-0048-b" };
      const { page } = await failedPayment(t, await orderItem(t));
      const row = t.expect.present("row of the failed transaction", await t.system.transaction(page.IDTRX), about);
      t.expect.equal("status of the transaction", row.status, "failed", about);
      t.expect.equal("merchant of the transaction", row.IDMER, page.IDMER, about);
      t.expect.equal("amount of the transaction", row.MPDA, page.MPDA, about);
    },
  }),
  defineCase({
    id: "PAY-PS-08",
    suite: "payment",
    purpose: "The thread ends with the confirmation: it answers no message of another transaction after it",
    requirements: ["PS-0088-b", "PS-0041-c"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const about = { requirement: "PS-0088-b" };
      const page = await orderItem(t);
      const next = await orderItem(t);
      const card = await initialise(t);
      const draw = drawRequestOf(page, card);
      const answers = await t.system.paymentSession([draw, refusedByCard(page.IDTRX), drawRequestOf(next, card)]);
      theAnswer(t, answers[1], "debit-result", about);
      const late = answers[2] ?? null;
      t.expect.equal(
        "answer to another draw request on the same channel",
        late === null ? null : toHex(late),
        null,
        about,
      );
      const own = await t.system.paymentSession([drawRequestOf(next, card), refusedByCard(next.IDTRX)]);
      const command = theAnswer(t, own[0], "debit-command", { requirement: "PS-0041-c" });
      const inside = toHex(command.DEBITDATA.subarray(29, 45));
      t.expect.equal("transaction of the new thread", inside, toHex(fromHex(next.IDTRX)), { requirement: "PS-0041-c" });
    },
  }),
];
