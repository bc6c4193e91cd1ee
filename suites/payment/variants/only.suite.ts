/** One role decides (`messages.md` 3a): what any other says or shows releases nothing. */
import { concat, flipBit, fromHex, toHex } from "../../../harness/core/bytes.ts";
import {
  agentClearKey,
  type Confirmation,
  clearConfirmation,
  serverClearKey,
} from "../../../harness/crypto/confirmation.ts";
import { sealExpected } from "../../../harness/crypto/expected-signature.ts";
import type { PaymentPage } from "../../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { cancel } from "../support/direct.ts";
import { OWN_SESSION, statusPath } from "../support/merchant-site.ts";
import { contractKey } from "../support/merchant-word.ts";
import { expectMoved, readAccounts, suspendedCount } from "../support/money.ts";
import { allOf } from "../support/observe.ts";
import { orderItem } from "../support/payment.ts";
import { type Figure, family, figureOf } from "./figures.ts";
import { type Commanded, notice, outcomeOf, response, session } from "./session.ts";
import { expectBooked, needing, recordsOf, refusedByCard, siteOf } from "./variant.ts";

const NONCE = new Uint8Array(12).fill(0x5a);
/** Who says that he has compared, in the words of nobody in particular. */
const SOMEBODY = { CC: "0000", IDTERM: "00000001", NTPSAM: 1, DTHR: "20260101000000" };

const ONLY_AT_SERVER = {
  FIG5: "A notice, be it with the card's genuine answer, moves the payment server to nothing",
  FIG6: "A debit response, be it with the card's genuine answer, moves the payment server to nothing",
  FIG7: "A debit response, be it with the card's genuine answer, moves the payment server to nothing",
} as const satisfies Record<Figure["id"], string>;

const genuineNotice = (commanded: Commanded) => notice(commanded, commanded.due);
const genuineResponse = (commanded: Commanded) => response(commanded, commanded.due);
const recoveredResponse = (commanded: Commanded) => response(commanded, commanded.due, 1);

/** A proof for the status URL, and whose it would be. */
type Claim = readonly [whose: string, fields: Readonly<Record<string, string>>];

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-ONLY-01`,
      suite: "payment",
      purpose: `The merchant releases nothing for a proof that is not of the ${figure.comparison}'s making`,
      requirements: [...figure.requirements.compared, ...figure.requirements.unequal],
      owner: "server",
      needs: needing(figure, { keys: true }),
      async run(t) {
        const about = { requirement: figure.requirements.compared[0] };
        const page = await orderItem(t, { SITE: siteOf(t, figure) });
        for (const [whose, fields] of foreignClaims(t, figure, page)) {
          const status = await post(t, figure, page, fields);
          t.expect.equal(`the merchant's answer to ${whose}`, status, 403, about);
          t.expect.equal(`the sale after ${whose}`, (await t.system.sale(page.IDTRX))?.status, "open", about);
        }
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-ONLY-02`,
      suite: "payment",
      purpose: ONLY_AT_SERVER[figure.id],
      requirements: [...figure.requirements.compared, ...figure.requirements.reversed],
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, keys: true, database: true, links: ["line"] }),
      async run(t) {
        const about = { requirement: figure.requirements.compared[0] };
        const before = await readAccounts(t);
        const foreign = figure.COMPARE === 1 ? [genuineNotice] : [genuineResponse, recoveredResponse];
        const { page, answers, events } = await session(t, figure, [
          ...foreign,
          ({ page: { IDTRX } }) => refusedByCard(figure, IDTRX),
        ]);
        const last = figure.COMPARE === 1 ? "debit-result 9404" : "closed";
        const due = [...foreign.map(() => "refusal A00A"), last];
        t.expect.equal("answers of the payment server", answers.map(outcomeOf), due, about);
        const told = allOf(events, "line", "t-response");
        t.expect.equal("questions to the terminal", told.length, 0, { ...about, at: told[0]?.event });
        await expectBooked(t, page.IDTRX, "failed", "open", about);
        expectMoved(t, before, await readAccounts(t), 0, about);
      },
    }),
  ),
  ...[figureOf("FIG6"), figureOf("FIG7")].map((figure) =>
    defineCase({
      id: `PAY-${figure.id}-ONLY-03`,
      suite: "payment",
      purpose: "A notice of success without the card's own answer confirms nothing: the transaction is reversed",
      requirements: [...figure.requirements.reversed, "AMB-REVERSAL"],
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, keys: true, database: true, links: ["line"] }),
      async run(t) {
        const about = { requirement: figure.requirements.reversed[0] };
        for (const [what, change, end] of [
          ["with one bit wrong", (due: Uint8Array) => flipBit(due, 8 * due.length - 1), "refusal A01A"],
          ["without", () => new Uint8Array(0), "closed"],
        ] as const) {
          const before = await readAccounts(t);
          const { page, answers, events, offer } = await session(t, figure, [
            (commanded) => notice(commanded, change(commanded.due)),
          ]);
          t.expect.equal(`answer to a notice ${what} the card's answer`, answers.map(outcomeOf), [end], about);
          await expectBooked(t, page.IDTRX, "unresolved", "open", about);
          const after = await readAccounts(t);
          expectMoved(t, before, after, 0, about);
          t.expect.equal(
            "transactions kept for a late answer",
            suspendedCount(after) - suspendedCount(before),
            1,
            about,
          );
          const { IDTERM } = t.expect.present("T-draw", allOf(events, "line", "t-draw")[0]).message;
          const codes = (await recordsOf(t, IDTERM, page.IDTRX)).map(({ CC }) => CC);
          t.expect.equal("codes of the records", codes, ["0000", "A01D"], about);
          const draw = { IDTERM, IDTRX: page.IDTRX, offer, MPDA: page.MPDA };
          t.expect.equal("CC of the withdrawal", await cancel(t, draw, "withdraw"), "0000", about);
        }
      },
    }),
  ),
];

async function post(t: CaseContext, figure: Figure, page: PaymentPage, fields: Readonly<Record<string, string>>) {
  const body = new URLSearchParams({ "transaction-id": page.IDTRX, ...fields }).toString();
  const request = { method: "POST", path: statusPath(page), session: OWN_SESSION, body } as const;
  return (await t.system.http(siteOf(t, figure), request)).status;
}

/** Proofs with right words about this sale, none of them by the one who compares. */
function foreignClaims(t: CaseContext, figure: Figure, page: PaymentPage): readonly Claim[] {
  const { IDMER, IDTRX } = page;
  const KMER = contractKey(t, IDMER);
  const { MPDA, CURRPDA, CEXPPDA } = page;
  const said: Confirmation = { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA, ...SOMEBODY };
  const clear = (key: Uint8Array) => ({ "clear-confirmation": toHex(clearConfirmation(key, said)) });
  const strangers = t.facts.sites.filter((site) => site.IDMER !== IDMER);
  const agents = strangers.flatMap((site) => t.keys.agentKey(site.IDMER) ?? []);
  const KTA = t.keys.agentKey(IDMER);
  const otherSale = toHex(flipBit(fromHex(IDTRX), 127));
  const agentsOwn: readonly Claim[] =
    figure.COMPARE === 2 && KTA !== undefined
      ? [
          ["its agent, for another sale", clear(agentClearKey(KTA, otherSale))],
          ["nobody, with the MAC left at zero", { "clear-confirmation": withoutMac(clearConfirmation(KTA, said)) }],
        ]
      : [];
  return [
    ["the payment server, in clear and not by contract", clear(serverClearKey(KMER, IDTRX))],
    ...agents.slice(0, 1).map((key): Claim => ["another merchant's agent", clear(agentClearKey(key, IDTRX))]),
    ...agentsOwn,
    ...responseClaims(
      t,
      figure,
      said,
      strangers.map((site) => site.IDMER),
    ),
  ];
}

/** CARDRSP and SEXP that fit each other: for a merchant that does not compare, or sealed by one who is not its payment server. */
function responseClaims(
  t: CaseContext,
  figure: Figure,
  sale: Confirmation,
  others: readonly string[],
): readonly Claim[] {
  const EXPECTED = fromHex("00000001000000010011223344556677");
  const stranger = t.expect.present("another merchant", others[0], { owner: "bench" });
  const pair = (KMER: Uint8Array) => ({
    "card-response": toHex(EXPECTED),
    "expected-signature": toHex(sealExpected({ KMER }, { ...sale, EXPECTED }, NONCE)),
  });
  const sealedElsewhere: Claim = ["a seal of another merchant's payment server", pair(contractKey(t, stranger))];
  if (figure.COMPARE === 3) return [sealedElsewhere];
  return [sealedElsewhere, ["whoever wants the merchant to compare", pair(contractKey(t, sale.IDMER))]];
}

function withoutMac(CLEARCONF: Uint8Array): string {
  return toHex(concat(CLEARCONF.subarray(0, -16), new Uint8Array(16)));
}
