/** What passed between card and security card in a purchase, and what each had to say by the keys of both. */
import { concat, fromHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { type DebitData, readDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { parseInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import type { CaseContext } from "../../define/case.ts";
import { dueAnswer, dueS2, type KeyMaterial } from "../algorithms/any-card.ts";
import { apdusOn, theMessage } from "../support/observe.ts";
import { initialiseAnswer } from "../support/raw.ts";

export interface Debit extends KeyMaterial {
  readonly IDTRX: string;
  readonly IDTERM: string;
  readonly PSAMCERT: Uint8Array | undefined;
  /** 53 bytes, and what they say. */
  readonly DEBITDATA: Uint8Array;
  readonly data: DebitData;
  /** 16 hex digits, and 32: what a genuine security card and a genuine card give. */
  readonly S2: string;
  readonly answer: string;
}

/** From the links 235 and line; `needs: { keys: true }`. */
export function debitIn(t: CaseContext, seen: PurchaseObservation): Debit {
  const INITRSP = fromHex(initialiseAnswer(t, seen).INITRSP);
  const parsed = parseInitResponse(INITRSP);
  const fields = t.expect.present("the card's answer to INITIALIZE IEP", parsed.ok ? parsed.value : undefined);
  const files = apdusOn(seen, "235", 0xb2).flatMap(({ response }) => (response ? [response.bytes.slice(0, -2)] : []));
  const { IDTRX, IDTERM, DEBITDATA, PSAMCERT, SESSKEY } = theMessage(t, seen, "line", "t-debit").message;
  const read = readDebitData(DEBITDATA);
  const data = t.expect.present("readable debit command", read.ok ? read.value : undefined, { owner: "psam" });
  const card = { INITRSP, fields, SESSKEY, CERTS: files.length === 0 ? undefined : concat(...files) };
  const S2 = dueS2(t, card, DEBITDATA);
  return { ...card, IDTRX, IDTERM, PSAMCERT, DEBITDATA, data, S2, answer: dueAnswer(t, card, DEBITDATA) };
}
