/** 702, 722, 742: up to the draw amount state everything is as in FIG 4, but for the word who compares. */
import { flipBit, toHex } from "../../../harness/core/bytes.ts";
import { securityInformation } from "../../../harness/crypto/security-information.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { DrawRequest } from "../../../harness/protocol/messages/layouts.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inElement } from "../support/alter.ts";
import { initialise } from "../support/direct.ts";
import { contractKey } from "../support/merchant-word.ts";
import { readAccounts } from "../support/money.ts";
import { messagesOn, theMessage, thePage } from "../support/observe.ts";
import { packagesOf } from "../support/packages.ts";
import { drawRequestOf, during, orderItem, terminalLink, theAnswer } from "../support/payment.ts";
import { initialiseAnswer } from "../support/raw.ts";
import { expectNoDebit, expectNoDraw, expectUntouchedThenSpecimen } from "../support/stopped.ts";
import { type Figure, family, plainSite } from "./figures.ts";
import { outlineUntilDraw } from "./outline.ts";
import { buy, expectPaid, needing, refusedByCard, siteOf } from "./variant.ts";

/** A line of FIG 4 with what COMPARE adds to it. */
function asInVariant(line: string): string {
  if (line.startsWith("234 page 200 currency")) return withParameter(line, "comparison");
  if (line === "SAM 53 9000") return "SAM 69 9000"; // the expected answer behind DEBITDATA
  return line.replace(/^((?:cable E2|236 EA|LAN F1|line F1) .*)$/, "$1 COMPARE").replace(/^SAM 907200/, "SAM 907201");
}

/** Names of parameters are in alphabetical order. */
function withParameter(line: string, name: string): string {
  const [link, kind, status, ...names] = line.split(" ");
  return [link, kind, status, ...[...names, name].sort()].join(" ");
}

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-DRAW-01`,
      suite: "payment",
      purpose: "Up to the draw amount state the same messages pass as in FIG 4, with COMPARE and nothing else added",
      requirements: figure.requirements.drawn,
      owner: "server",
      needs: needing(figure, {
        secretKeyCard: true,
        sites: [plainSite("psam")],
        links: ["cable", "234", "236", "235", "line", "SAM"],
      }),
      async run(t) {
        const [requirement] = figure.requirements.drawn;
        const base = await t.system.purchase({ SITE: t.siteFor(plainSite("psam")).SITE });
        t.expect.completed(base);
        const seen = await buy(t, figure);
        t.expect.completed(seen, { requirement });
        const wanted = outlineUntilDraw(base).map(asInVariant);
        const passed = outlineUntilDraw(seen);
        for (const [at, line] of wanted.entries()) {
          t.expect.equal(`message ${at + 1} of the purchase`, passed[at], line, { requirement });
        }
        t.expect.equal("messages up to the draw amount state", passed.length, wanted.length, { requirement });
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-DRAW-02`,
      suite: "payment",
      purpose:
        "Draw request and packages say what card and page said, and the security information covers who compares",
      requirements: figure.requirements.drawn,
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236", "235", "line", "SAM"], keys: true }),
      async run(t) {
        const about = { requirement: figure.requirements.drawn[0] };
        const before = await readAccounts(t);
        const seen = await buy(t, figure);
        expectDrawFields(t, figure, seen, about);
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-DRAW-03`,
      suite: "payment",
      purpose: "A draw request that is wrong in form, sender, security information or comparison is turned away",
      requirements: figure.requirements.drawn,
      owner: "server",
      needs: needing(figure, { keys: true, database: true, links: ["line"] }),
      async run(t) {
        const about = { requirement: figure.requirements.drawn[0] };
        const before = await readAccounts(t);
        const page = await orderItem(t, { SITE: siteOf(t, figure) });
        const card = await initialise(t);
        const saying = (changes: Partial<DrawRequest>) => drawRequestOf(page, card, changes);
        const KMER = contractKey(t, page.IDMER);
        const agreeing = (comparison: "psam" | "payment-server" | "head-end" | "merchant", COMPARE?: number) =>
          saying({ COMPARE, SECINFO: securityInformation(KMER, page, { comparison, encryption: undefined }) });
        const others = (["payment-server", "head-end", "merchant"] as const).filter(
          (each) => each !== figure.comparison,
        );
        const wrong: readonly (readonly [what: string, request: Uint8Array, CC: string])[] = [
          ["an amount cut by a byte", inElement("MPDA", (value) => value.subarray(1))(saying({})), "A001"],
          ["its last byte missing", saying({}).subarray(0, -1), "A001"],
          ["an unknown merchant", saying({ IDMER: "ZZ999999" }), "A002"],
          ["wrong security information", saying({ SECINFO: flipBit(page.SECINFO, 63) }), "A006"],
          ["COMPARE left out", saying({ COMPARE: undefined }), "A006"],
          ["nobody but the PSAM to compare", agreeing("psam"), "A00B"],
          ...others.map((each, index) => {
            const COMPARE = [1, 2, 3].filter((code) => code !== figure.COMPARE)[index];
            return [`the ${each} to compare`, agreeing(each, COMPARE), "A00B"] as const;
          }),
        ];
        for (const [what, request, CC] of wrong) await expectTurnedAway(t, what, request, CC, about);
        t.expect.absent("row of a request that was turned away", await t.system.transaction(page.IDTRX), about);
        const own = await t.system.paymentSession([saying({}), refusedByCard(figure, page.IDTRX)]);
        theAnswer(t, own[0], "debit-command", about);
        await expectTurnedAway(t, "an identifier that was used", saying({}), "A004", about);
        const after = await readAccounts(t);
        t.expect.money(before.purse, after.purse, 0, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-DRAW-04`,
      suite: "payment",
      purpose: "A card with too little money on it is turned away before a draw request leaves, as in FIG 4",
      requirements: figure.requirements.drawn,
      owner: "server",
      needs: needing(figure, { cards: ["poor", "specimen"], links: ["cable", "236", "235"] }),
      async run(t) {
        const about = { requirement: figure.requirements.drawn[0] };
        await t.system.insertCard("poor");
        const before = await readAccounts(t);
        const seen = await buy(t, figure);
        t.expect.refused(seen, "A014", about);
        expectNoDraw(t, seen, about);
        expectNoDebit(t, seen, about);
        await expectUntouchedThenSpecimen(t, before, about);
      },
    }),
  ),
];

/** Draw request, T-draw and packages against what card and page said. */
function expectDrawFields(t: CaseContext, figure: Figure, seen: PurchaseObservation, about: About): void {
  const { page, event } = thePage(t, seen);
  t.expect.equal("COMPARE of the page", page.COMPARE, figure.COMPARE, { ...about, at: event });
  const agreed = { comparison: figure.comparison, encryption: undefined };
  const SECINFO = toHex(securityInformation(contractKey(t, page.IDMER), page, agreed));
  t.expect.equal("SECINFO of the page", toHex(page.SECINFO), SECINFO, { ...about, at: event });
  const { INITRSP } = initialiseAnswer(t, seen);
  const { event: asked, message } = theMessage(t, seen, "236", "draw-request", about);
  const { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA } = page;
  const sale = { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA, COMPARE: figure.COMPARE };
  const at = { ...about, at: asked };
  t.expect.equal("sale in the draw request", pick(message, sale), sale, at);
  t.expect.equal("SECINFO in the draw request", toHex(message.SECINFO), SECINFO, at);
  t.expect.equal("INITRSP in the draw request", toHex(message.INITRSP), INITRSP, at);
  const draw = theMessage(t, seen, "line", "t-draw", about);
  t.expect.equal("sale in T-draw", pick(draw.message, sale), sale, { ...about, at: draw.event });
  const [atr, initialised, debit] = packagesOf(seen);
  const { ATR } = theMessage(t, seen, "cable", "card-information").message;
  t.expect.equal("ATR in the draw request", toHex(message.ATR), toHex(ATR), at);
  t.expect.equal("first package", toHex(atr?.data ?? new Uint8Array()), toHex(ATR), { ...about, at: atr?.event });
  const second = toHex(initialised?.data ?? new Uint8Array());
  t.expect.equal("second package", second, INITRSP, { ...about, at: initialised?.event });
  const data = toHex(debit?.data ?? new Uint8Array());
  t.expect.equal("amount in the third package", Number.parseInt(data.slice(0, 8), 16), MPDA, about);
  t.expect.equal("currency and exponent in it", data.slice(8, 14), `${CURRPDA}0${CEXPPDA}`, about);
  t.expect.equal("transaction identifier in it", data.slice(36), IDTRX, about);
}

function pick(message: object, like: object): object {
  const known = new Map(Object.entries(message));
  return Object.fromEntries(Object.keys(like).map((name) => [name, known.get(name)]));
}

/** Refused with that code, and no terminal hears of it. */
async function expectTurnedAway(t: CaseContext, what: string, request: Uint8Array, CC: string, about: About) {
  const { value, events } = await during(t, () => t.system.paymentSession([request]));
  const refusal = theAnswer(t, value[0], "refusal", about);
  t.expect.equal(`CC of the refusal of a draw request with ${what}`, refusal.CC, CC, about);
  const asked = messagesOn(events, terminalLink(t).link).length;
  t.expect.equal(`messages for terminals because of a draw request with ${what}`, asked, 0, about);
}
