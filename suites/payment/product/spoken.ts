import { toHex } from "../../../harness/core/bytes.ts";
import { compareCode } from "../../../harness/core/sale-profile.ts";
import { securityInformation } from "../../../harness/crypto/security-information.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { contractKey } from "../support/merchant-word.ts";
import { theMessage } from "../support/observe.ts";
import { expectConfirmation, type Facts } from "./confirmed.ts";
import type { Combination } from "./dimensions.ts";
import { debitResponse, spokenOnPayment, theOne } from "./opened.ts";

const ABOUT: About = { requirement: "ENC-0107-b" };

/** What head end and payment server tell each other, opened, and the proof for the merchant. */
export function expectSpoken(t: CaseContext, seen: PurchaseObservation, combination: Combination, facts: Facts): void {
  const { debit, sale, keys } = facts;
  const { comparison, encryption } = combination;
  const about: About = { ...ABOUT, owner: "server" };
  const spoken = spokenOnPayment(t, seen, combination, keys);
  const draw = theOne(t, spoken, "draw-request");
  const { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA } = draw;
  t.expect.equal("sale in the draw request", { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA }, sale, about);
  t.expect.equal("COMPARE of it", draw.COMPARE, compareCode(comparison), about);
  t.expect.equal("INITRSP of it", toHex(draw.INITRSP), toHex(debit.INITRSP), about);
  t.expect.equal("CERTS of it", hex(draw.CERTS), hex(debit.CERTS), { ...about, requirement: "PAY-BASE-0078-b" });
  const SECINFO = securityInformation(contractKey(t, IDMER), sale, { comparison, encryption });
  t.expect.equal("SECINFO of it", toHex(draw.SECINFO), toHex(SECINFO), about);
  const command = theOne(t, spoken, "debit-command");
  const given = [command.DEBITDATA, command.PSAMCERT, command.SESSKEY].map(hex);
  t.expect.equal("debit command", given, [debit.DEBITDATA, debit.PSAMCERT, debit.SESSKEY].map(hex), about);
  const expected = comparison === "head-end" ? debit.answer : undefined;
  t.expect.equal("EXPECTED for the head end", hex(command.EXPECTED), expected, about);
  const passedOn = theMessage(t, seen, "cable", "debit-command").message;
  t.expect.equal(
    "EXPECTED, SEXP for the set-top box",
    [passedOn.EXPECTED, passedOn.SEXP],
    [undefined, undefined],
    about,
  );
  const response = debitResponse(t, seen, keys);
  t.expect.equal(
    "debit response",
    [hex(response.CARDRSP), response.SW, response.RECOVERED],
    [debit.answer, "9000", 0],
    about,
  );
  const last = spoken.filter(({ kind }) => kind === "debit-response" || kind === "notice");
  const words = last.map((message) => ("CARDRSP" in message ? hex(message.CARDRSP) : undefined));
  t.expect.equal("the card's answer for the payment server", words, [debit.answer], about);
  expectConfirmation(t, { combination, seen, sale, debit, spoken, keys }, "0000");
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && toHex(bytes);
}
