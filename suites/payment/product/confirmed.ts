/** The proof that the sale was paid, in the form that the variant has it, opened with the keys of those whom it is for. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import {
  agentClearKey,
  type Confirmation,
  openConfirmation,
  openResultM,
  readClearConfirmation,
} from "../../../harness/crypto/confirmation.ts";
import { openExpected } from "../../../harness/crypto/expected-signature.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { Message } from "../../../harness/protocol/messages/layouts.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inconclusive } from "../../define/failures.ts";
import { exchangesOf } from "../support/merchant-site.ts";
import { contractKey } from "../support/merchant-word.ts";
import { logsOf, theMessage } from "../support/observe.ts";
import type { Debit } from "./debit.ts";
import type { Combination } from "./dimensions.ts";
import { paymentLink } from "./expected.ts";
import { type LayerKeys, theOne } from "./opened.ts";

const ABOUT: About = { requirement: "ENC-0107-b", owner: "server" };

/** What is known of the sale from page and debit command. */
export interface Sale {
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
}

/** One purchase as both ends of it must know it. */
export interface Facts {
  readonly sale: Sale;
  readonly debit: Debit;
  /** Undefined without encryption layer. */
  readonly keys: LayerKeys | undefined;
}

export interface Proof extends Facts {
  readonly combination: Combination;
  readonly seen: PurchaseObservation;
  readonly spoken: readonly Message[];
}

/** `CC`: the outcome that it must state; in FIG 7 the merchant judges for itself, and it is a success. */
export function expectConfirmation(t: CaseContext, proof: Proof, CC: string): void {
  switch (proof.combination.comparison) {
    case "psam":
    case "payment-server":
      expectServersWord(t, proof, CC);
      break;
    case "head-end":
      expectAgentsWord(t, proof, CC);
      break;
    case "merchant":
      expectSealedAnswer(t, proof);
  }
}

/** CONF of the payment server, unaltered to the merchant; under the layer debit result C says the same to the head end. */
function expectServersWord(t: CaseContext, proof: Proof, CC: string): void {
  const { combination, seen, spoken, keys, sale } = proof;
  const result = theOne(t, spoken, "debit-result");
  const said = CC === "0000" ? undefined : CC;
  t.expect.equal("code for the head end", result.CC, said, ABOUT);
  if (keys) t.expect.equal("CONF inside debit result C", result.CONF, undefined, ABOUT);
  const outer = keys ? theMessage(t, seen, paymentLink(combination), "sealed-results").message : result;
  const CONF = t.expect.present("CONF", outer.CONF, ABOUT);
  const { IDMER, IDTRX } = sale;
  const opened = keys
    ? openResultM(keys.suite, keys.KDER, IDMER, IDTRX, CONF)
    : openConfirmation(contractKey(t, IDMER), IDMER, IDTRX, CONF);
  t.expect.equal(
    "what the confirmation says",
    t.expect.present("confirmation that opens", opened, ABOUT),
    words(proof, CC),
    ABOUT,
  );
  expectPosted(t, proof, { confirmation: toHex(CONF) });
}

/** CLEARCONF of the head end as a trusted agent; between the cable provider's head end and its own merchant module nothing is posted. */
function expectAgentsWord(t: CaseContext, proof: Proof, CC: string): void {
  const { seen, sale, combination } = proof;
  const made = logsOf(seen, "head-end", "confirmation-made").map(({ fields }) => fields.CC);
  t.expect.equal("confirmations that the head end made", made, [CC], ABOUT);
  if (combination.sale === "cable") return;
  const { IDMER, IDTRX } = sale;
  const KTA = t.keys.agentKey(IDMER) ?? inconclusive(`no key of a trusted agent of ${IDMER} is at hand`, "bench");
  const posted = posts(seen)[0]?.get("clear-confirmation") ?? "";
  const opened = readClearConfirmation(agentClearKey(KTA, IDTRX), IDMER, IDTRX, fromHex(posted));
  const due = { ...words(proof, CC), IDTERM: "00000000" };
  t.expect.equal("what the head end confirms", t.expect.present("genuine CLEARCONF", opened, ABOUT), due, ABOUT);
  expectPosted(t, proof, { "clear-confirmation": posted.toUpperCase() });
}

/** SEXP, which only merchant and payment server can open, and the card's own answer beside it. */
function expectSealedAnswer(t: CaseContext, proof: Proof): void {
  const { spoken, keys, sale, debit } = proof;
  const SEXP = t.expect.present("SEXP", theOne(t, spoken, "debit-command").SEXP, ABOUT);
  const { IDMER, IDTRX } = sale;
  const opened = openExpected(keys ?? { KMER: contractKey(t, IDMER) }, IDMER, IDTRX, SEXP);
  const { EXPECTED, ...said } = t.expect.present("SEXP that opens", opened, ABOUT);
  t.expect.equal("expected answer in SEXP", toHex(EXPECTED), debit.answer, { ...ABOUT, owner: "psam" });
  const { IDTERM, data } = debit;
  t.expect.equal("the rest of SEXP", said, { ...sale, IDTERM, NTPSAM: data.NTPSAM, DTHR: data.DTHR }, ABOUT);
  expectPosted(t, proof, { "card-response": debit.answer, "expected-signature": toHex(SEXP) });
}

/** The head end posts that, about that transaction, once and nothing else; over the Internet only. */
function expectPosted(
  t: CaseContext,
  { seen, sale, combination }: Proof,
  fields: Readonly<Record<string, string>>,
): void {
  const posted = posts(seen).map((form) =>
    Object.fromEntries([...form].map(([name, value]) => [name, value.toUpperCase()])),
  );
  const due = combination.sale === "internet" ? [{ "transaction-id": sale.IDTRX, ...fields }] : [];
  t.expect.equal("posts to the status URL", posted, due, ABOUT);
}

function posts(seen: PurchaseObservation): readonly URLSearchParams[] {
  return exchangesOf(seen).flatMap(({ fields }) => (fields.has("transaction-id") ? [fields] : []));
}

function words({ sale, debit }: Proof, CC: string): Confirmation {
  const { NTPSAM, DTHR } = debit.data;
  return { ...sale, CC, IDTERM: debit.IDTERM, NTPSAM, DTHR };
}
