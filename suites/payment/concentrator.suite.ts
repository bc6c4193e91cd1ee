/** Steps 686 and 694: the concentrator between payment server and terminals (`messages.md` 5). */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { ask, claiming, identifierOf, initialise, type Offer } from "./support/direct.ts";
import { expectConserved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, messagesOn, theMessage } from "./support/observe.ts";

const suite = "payment";
const NOBODY = "EEEEEEEE";
const T_DRAW = 0xf1;
const T_DEBIT = 0xf2;
const T_CANCEL = 0xf6;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-CONC-01",
    suite,
    purpose: "The concentrator takes the header as the address and passes each message on unchanged, both ways",
    requirements: ["PS-0092-b", "PS-0092-a", "TERM-0094-c"],
    owner: "server",
    needs: { links: ["LAN", "line"] },
    async run(t) {
      // One purchase more than there are terminals: the pool uses them in turn.
      for (let round = 0; round <= t.system.terminals().length; round++) {
        const seen = await t.system.purchase();
        const about = { requirement: "PS-0092-b" };
        const [lan, line] = [messagesOn(seen, "LAN"), messagesOn(seen, "line")];
        for (const from of ["payment-server", "concentrator"] as const) {
          const sent = lan.filter((event) => event.from === from).map(({ bytes }) => toHex(bytes.subarray(4)));
          const far = from === "payment-server" ? "concentrator" : "terminal";
          const passed = line.filter((event) => event.from === far).map(({ bytes }) => toHex(bytes));
          const requirement = from === "payment-server" ? "PS-0092-b" : "TERM-0094-c";
          t.expect.equal(`messages of the ${far} on the line`, passed, sent, { requirement });
        }
        for (const event of lan) {
          const message = parseMessage(event.bytes.subarray(4));
          const IDTERM = "IDTERM" in message ? message.IDTERM : message.kind;
          t.expect.equal("header", toHex(event.bytes.subarray(0, 4)), IDTERM, { ...about, at: event });
        }
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-CONC-02",
    suite,
    purpose: "A message for a terminal that is not there is answered with T-refusal A009 and reaches no terminal",
    requirements: ["PS-0092-b"],
    owner: "server",
    needs: { links: ["LAN", "line"] },
    async run(t) {
      const before = await readAccounts(t);
      let header = "";
      const astray = t.system.disturb({
        link: "LAN",
        from: "payment-server",
        message: T_DRAW,
        act: (frame) => {
          header = toHex(frame.subarray(0, 4));
          return concat(fromHex(NOBODY), frame.subarray(4));
        },
        what: `the T-draw is addressed to terminal ${NOBODY}`,
      });
      const back = t.system.disturb({
        link: "LAN",
        from: "concentrator",
        times: 1,
        act: (frame) => concat(fromHex(header), frame.subarray(4)),
        what: "the answer is addressed as the payment server expects it",
      });
      const seen = await t.system.purchase();
      astray[Symbol.dispose]();
      back[Symbol.dispose]();
      const about = { requirement: "PS-0092-b" };
      t.expect.that(astray.hits === 1, "one T-draw was sent to nobody", { ...about, actual: astray.hits });
      const { message, event } = theMessage(t, seen, "LAN", "t-refusal", about);
      t.expect.equal("CC of the T-refusal", message.CC, "A009", { ...about, at: event });
      t.expect.equal("T-draws on the lines", allOf(seen, "line", "t-draw").length, 0, about);
      t.expect.that(seen.outcome.CC !== "0000", "the purchase fails", { ...about, actual: seen.outcome.CC });
      expectConserved(t, before, await readAccounts(t));
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-CONC-03",
    suite,
    purpose: "Two transactions at once are each on a terminal of their own and get the answers of that terminal",
    requirements: ["PS-0092-b", "PSAM-0059-a"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["236", "LAN", "line"], keys: true },
    async run(t) {
      if (t.system.terminals().length < 2) inconclusive("the bench has one terminal only", "bench", "add another one");
      const before = await readAccounts(t);
      const offer = await initialise(t);
      const request = drawRequest(t, claiming(offer, { IDIEP: "0000000001" }));
      const second = overlapping(t, request.bytes);
      const seen = await t.system.purchase();
      second.stop();
      const [answer] = await t.expect.present("second transaction", second.answers());
      const about = { requirement: "PS-0092-b" };
      const command = answer ? parseMessage(answer) : undefined;
      const IDTRX = command && "IDTRX" in command ? command.IDTRX : undefined;
      const given = { kind: command?.kind ?? "nothing", IDTRX };
      t.expect.equal(
        "answer to the second draw request",
        given,
        { kind: "debit-command", IDTRX: request.IDTRX },
        about,
      );
      const used = new Map(drawsIn(t.system.events()).map(({ IDTRX: id, IDTERM }) => [id, IDTERM]));
      const [first, other] = [used.get(seen.outcome.IDTRX ?? ""), used.get(request.IDTRX)];
      t.expect.that(first !== undefined && other !== undefined && first !== other, "each has its own terminal", {
        requirement: "PSAM-0059-a",
        actual: { first, other },
      });
      t.expect.completed(seen, about);
      const IDTERM = t.expect.present("terminal of the second transaction", other);
      await ask(t, IDTERM, { kind: "t-cancel", IDTERM, IDTRX: request.IDTRX, MODE: 0 });
      await expectNextPurchaseWorks(t, before);
    },
  }),
];

function drawsIn(events: readonly RecordedEvent[]) {
  return allOf(events, "LAN", "t-draw").map(({ message }) => message);
}

/** A draw request that another head end could send for that card. */
function drawRequest(t: CaseContext, offer: Offer): { readonly IDTRX: string; readonly bytes: Uint8Array } {
  const { IDMER } = t.expect.present("a merchant", t.facts.sites[0]);
  const IDTRX = identifierOf(offer, 1);
  const { CURRIEP: CURRPDA, CEXPIEP: CEXPPDA } = offer.fields;
  const sale = { IDMER, IDTRX, MPDA: 1, CURRPDA, CEXPPDA };
  const KMER = t.expect.present("contract key", t.keys.merchantKey(IDMER), { owner: "bench" });
  const SECINFO = securityInformation(KMER, sale);
  const { ATR, INITRSP } = offer;
  const fields = { TOKEN: 0xd1, STATE: 1, SECINFO, ATR, INITRSP, ...sale } as const;
  return { IDTRX, bytes: encodeMessage({ kind: "draw-request", ...fields }) };
}

/**
 * Sends `request` at the moment when the debit command of the purchase is on its way, and holds that until the second
 * transaction has its T-debit, or the payment server has given it up.
 */
function overlapping(t: CaseContext, request: Uint8Array) {
  let answers: Promise<readonly (Uint8Array | null)[]> | undefined;
  let arrived: () => void = () => undefined;
  const hooks = [
    t.system.when({ link: "236", from: "payment-server", message: 0xeb }, async () => {
      if (answers) return;
      const settled = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      answers = t.system.paymentSession([request]);
      await settled;
    }),
    t.system.when({ link: "LAN", from: "concentrator", message: T_DEBIT }, () => arrived()),
    t.system.when({ link: "LAN", from: "payment-server", message: T_CANCEL }, () => arrived()),
  ];
  return {
    answers: () => answers,
    stop: () => {
      for (const hook of hooks) hook[Symbol.dispose]();
    },
  };
}
