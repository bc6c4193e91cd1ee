import { concat, fromHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { parseInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import type { CaseContext } from "../../define/case.ts";
import { apdusOn, theMessage } from "../support/observe.ts";
import { initialiseAnswer } from "../support/raw.ts";
import type { KeyMaterial } from "./any-card.ts";

const READ_RECORD = 0xb2;

/** What the keys of a purchase follow from, as the card said it on 235 and the set-top box was told it on the cable. */
export function purchaseMaterial(t: CaseContext, seen: PurchaseObservation): KeyMaterial {
  const INITRSP = fromHex(initialiseAnswer(t, seen).INITRSP);
  const parsed = parseInitResponse(INITRSP);
  const fields = t.expect.present("the card's answer to INITIALIZE IEP", parsed.ok ? parsed.value : undefined);
  const answers = apdusOn(seen, "235", READ_RECORD).flatMap(({ response }) => (response ? [response.bytes] : []));
  const files = answers.map((bytes) => bytes.slice(0, -2));
  const { SESSKEY } = theMessage(t, seen, "cable", "debit-command").message;
  return { INITRSP, fields, SESSKEY, CERTS: files.length === 0 ? undefined : concat(...files) };
}
