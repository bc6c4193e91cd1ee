/** FIG 4, step 609 ([0077], [0078]; messages.md 3): every element of the draw request against page and card. */
import { bytesToUint, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import type { MessageEvent, PurchaseObservation, PurseReading } from "../../harness/flows/system.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { baseSites } from "./support/base-sites.ts";
import { apdusOn, eventsOf, theMessage, thePage } from "./support/observe.ts";
import { drawRequests, initialiseAnswer, rawHex, theDrawRequest } from "./support/raw.ts";

const LINKS = ["235", "cable", "234", "236"] as const;

/** One purchase with what the draw request is held against. */
interface Draw {
  readonly seen: PurchaseObservation;
  readonly draw: MessageEvent;
  readonly page: PaymentPage;
  /** Read from the card before the purchase. */
  readonly purse: PurseReading;
}

async function observeDraw(t: CaseContext, requirement: string): Promise<Draw> {
  const purse = await t.system.readPurse();
  const seen = await t.system.purchase();
  return { seen, draw: theDrawRequest(t, seen, { requirement }), page: thePage(t, seen).page, purse };
}

/** An element of INITRSP (card-edge.md 5.2) and what it must be by what the card says elsewhere. */
interface CardField {
  readonly letter: string;
  readonly what: string;
  readonly offset: number;
  readonly length: number;
  readonly expected: (purse: PurseReading) => string;
}

function hexOf(value: number, length: number): string {
  return toHex(uintToBytes(value, length));
}

const CARD_FIELDS: readonly CardField[] = [
  { letter: "f", what: "PPIEP, the purse provider", offset: 0, length: 3, expected: ({ PPIEP }) => PPIEP },
  { letter: "g", what: "IDIEP, the purse identifier", offset: 3, length: 5, expected: ({ IDIEP }) => IDIEP },
  { letter: "h", what: "ALGIEP, the algorithm", offset: 8, length: 1, expected: ({ ALGIEP }) => hexOf(ALGIEP, 1) },
  { letter: "i", what: "DEXPIEP, the expiry date", offset: 9, length: 3, expected: ({ DEXPIEP }) => DEXPIEP },
  { letter: "j", what: "BALIEP, the balance", offset: 12, length: 4, expected: ({ BALIEP }) => hexOf(BALIEP, 4) },
  {
    letter: "k",
    what: "CURRIEP and CEXPIEP, currency and exponent",
    offset: 16,
    length: 3,
    expected: ({ CURRIEP, CEXPIEP }) => CURRIEP + hexOf(CEXPIEP, 1),
  },
  {
    letter: "l",
    what: "AMIEP, the authentication mode",
    offset: 19,
    length: 1,
    expected: ({ AMIEP }) => hexOf(AMIEP, 1),
  },
  {
    letter: "m",
    what: "NTIEP, the transaction number",
    offset: 20,
    length: 2,
    expected: ({ NTIEP }) => hexOf(NTIEP, 2),
  },
  { letter: "n", what: "VKIEP, the key version", offset: 22, length: 1, expected: ({ VKIEP }) => hexOf(VKIEP, 1) },
];

/** Two purchases, so that a value kept from the first shows in the second. */
function cardFieldCase({ letter, what, offset, length, expected }: CardField): Case {
  const requirement = `PAY-BASE-0077-${letter}`;
  return defineCase({
    id: `PAY-0077-${letter.toUpperCase()}`,
    suite: "payment",
    purpose: `The draw request carries ${what}, as the card states it for this purchase`,
    requirements: [requirement],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      for (const which of ["first", "second"]) {
        const { seen, draw, purse } = await t.step(`${which} purchase`, () => observeDraw(t, requirement));
        const cut = (INITRSP: string) => INITRSP.slice(2 * offset, 2 * (offset + length));
        const sent = cut(rawHex(t, draw, "INITRSP", { requirement }));
        const about = { requirement, at: draw };
        t.expect.equal(
          `${what}, against the card's answer to INITIALIZE IEP`,
          sent,
          cut(initialiseAnswer(t, seen).INITRSP),
          about,
        );
        t.expect.equal(`${what}, against the card read before`, sent, expected(purse), about);
        t.expect.completed(seen);
      }
    },
  });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-0077-A",
    suite: "payment",
    purpose: "The draw request begins with the token of a draw request",
    requirements: ["PAY-BASE-0077-a"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-0077-a" };
      const { seen, draw } = await observeDraw(t, about.requirement);
      t.expect.equal("TOKEN", rawHex(t, draw, "TOKEN", about), "D1", { ...about, at: draw });
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-0077-B",
    suite: "payment",
    purpose: "The state information says that the card is initialised and waits for a debit command",
    requirements: ["PAY-BASE-0077-b"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-0077-b" };
      const { seen, draw } = await observeDraw(t, about.requirement);
      t.expect.equal("STATE", rawHex(t, draw, "STATE", about), "01", { ...about, at: draw });
      t.expect.that(initialiseAnswer(t, seen).event.n < draw.n, "the card was initialised before", {
        ...about,
        at: draw,
      });
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-0077-C",
    suite: "payment",
    purpose: "The draw request names the merchant whose page it is",
    requirements: ["PAY-BASE-0077-c"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      for (const { SITE, IDMER } of baseSites(t.facts).filter((site) =>
        t.facts.catalogue.some((item) => item.SITE === site.SITE),
      )) {
        const about = { requirement: "PAY-BASE-0077-c" };
        const seen = await t.system.purchase({ SITE });
        const draw = theDrawRequest(t, seen, about);
        const sent = new TextDecoder().decode(fromHex(rawHex(t, draw, "IDMER", about)));
        t.expect.equal(`IDMER for a purchase at ${SITE}`, sent, IDMER, { ...about, at: draw });
        t.expect.completed(seen);
      }
    },
  }),
  defineCase({
    id: "PAY-0077-D",
    suite: "payment",
    purpose: "The draw request carries the transaction identifier of its page, another one for each purchase",
    requirements: ["PAY-BASE-0077-d"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-0077-d" };
      const used: string[] = [];
      for (const which of ["first", "second"]) {
        const { seen, draw, page } = await t.step(`${which} purchase`, () => observeDraw(t, about.requirement));
        const IDTRX = rawHex(t, draw, "IDTRX", about);
        t.expect.equal("IDTRX of the draw request", IDTRX, page.IDTRX, { ...about, at: draw });
        t.expect.that(!used.includes(IDTRX), "the identifier was not used before", {
          ...about,
          at: draw,
          actual: IDTRX,
        });
        used.push(IDTRX);
        t.expect.completed(seen);
      }
    },
  }),
  defineCase({
    id: "PAY-0077-E",
    suite: "payment",
    purpose: "The draw request carries the security information of its own page, which is right for it",
    requirements: ["PAY-BASE-0077-e"],
    owner: "server",
    needs: { links: LINKS, keys: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-0077-e" };
      for (const which of ["first", "second"]) {
        const { seen, draw, page } = await t.step(`${which} purchase`, () => observeDraw(t, about.requirement));
        const sent = rawHex(t, draw, "SECINFO", about);
        t.expect.equal("SECINFO of the draw request", sent, toHex(page.SECINFO), { ...about, at: draw });
        const KMER = t.expect.present("contract key of the merchant", t.keys.merchantKey(page.IDMER));
        const right = toHex(securityInformation(KMER, page));
        t.expect.equal("SECINFO, computed from the page", sent, right, { ...about, at: draw });
        t.expect.completed(seen);
      }
    },
  }),
  ...CARD_FIELDS.map(cardFieldCase),
  defineCase({
    id: "PAY-0077-O",
    suite: "payment",
    purpose: "The purchase amount of the draw request is the total cost on the page, in minor units",
    requirements: ["PAY-BASE-0077-o"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-0077-o" };
      const item = t.expect.present("an item in the catalogue", t.facts.catalogue[0]);
      for (const QUANTITY of [1, 3]) {
        const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM, QUANTITY });
        const draw = theDrawRequest(t, seen, about);
        const MPDA = bytesToUint(fromHex(rawHex(t, draw, "MPDA", about)));
        t.expect.equal(`MPDA for ${QUANTITY} of ${item.ITEM}`, MPDA, item.price * QUANTITY, { ...about, at: draw });
        t.expect.equal("MPDA against the page", MPDA, thePage(t, seen).page.MPDA, { ...about, at: draw });
        t.expect.completed(seen);
      }
    },
  }),
  defineCase({
    id: "PAY-0078-A",
    suite: "payment",
    purpose:
      "The draw request packages the answers to reset and INITIALIZE IEP with total cost and currency of the page",
    requirements: ["PAY-BASE-0078-a"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-0078-a" };
      const { seen, draw, page, purse } = await observeDraw(t, about.requirement);
      const at = { ...about, at: draw };
      t.expect.equal("ATR, the answer to reset", rawHex(t, draw, "ATR", about), toHex(purse.ATR), at);
      t.expect.equal("INITRSP", rawHex(t, draw, "INITRSP", about), initialiseAnswer(t, seen).INITRSP, at);
      t.expect.equal("MPDA", rawHex(t, draw, "MPDA", about), hexOf(page.MPDA, 4), at);
      t.expect.equal("CURRPDA", rawHex(t, draw, "CURRPDA", about), page.CURRPDA, at);
      t.expect.equal("CEXPPDA", rawHex(t, draw, "CEXPPDA", about), hexOf(page.CEXPPDA, 1), at);
      t.expect.equal("number of draw requests", drawRequests(seen).length, 1, about);
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-0078-C",
    suite: "payment",
    purpose: "The card is reset, the purse selected and then initialised, in that order, before its answers are sent",
    requirements: ["PAY-BASE-0078-c"],
    owner: "server",
    needs: { links: LINKS },
    async run(t) {
      const about = { requirement: "PAY-BASE-0078-c" };
      const seen = await t.system.purchase();
      const select = t.expect.present("SELECT on link 235", apdusOn(seen, "235", 0xa4)[0], about);
      const initialise = t.expect.present("INITIALIZE IEP on link 235", apdusOn(seen, "235", 0x50)[0], about);
      const powered = eventsOf(seen).find(
        (event) => event.kind === "note" && event.text.includes("card powered by set-top-box"),
      );
      if (powered) t.expect.that(powered.n < select.command.n, "reset comes first", { ...about, at: powered });
      t.expect.that(select.command.n < initialise.command.n, "SELECT comes before INITIALIZE IEP", {
        ...about,
        at: initialise.command,
      });
      const SW = toHex((initialise.response ?? initialise.command).bytes.subarray(-2));
      t.expect.equal("status word of INITIALIZE IEP", SW, "9000", { ...about, at: initialise.response });
      const information = theMessage(t, seen, "cable", "card-information", about).event;
      t.expect.that(initialise.command.n < information.n, "card information follows", { ...about, at: information });
      t.expect.completed(seen);
    },
  }),
];
