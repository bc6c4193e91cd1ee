/** What passed between card and security card in a purchase, and what each had to say by the keys of both. */
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { type DebitData, readDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import type { CaseContext } from "../../define/case.ts";
import { dueAnswer, dueS2, type KeyMaterial } from "../algorithms/any-card.ts";
import { purchaseMaterial } from "../algorithms/seen.ts";
import { theMessage } from "../support/observe.ts";

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

/** From the links 235, cable and line; `needs: { keys: true }`. */
export function debitIn(t: CaseContext, seen: PurchaseObservation): Debit {
  const card = purchaseMaterial(t, seen);
  const { IDTRX, IDTERM, DEBITDATA, PSAMCERT } = theMessage(t, seen, "line", "t-debit").message;
  const read = readDebitData(DEBITDATA);
  const data = t.expect.present("readable debit command", read.ok ? read.value : undefined, { owner: "psam" });
  const S2 = dueS2(t, card, DEBITDATA);
  return { ...card, IDTRX, IDTERM, PSAMCERT, DEBITDATA, data, S2, answer: dueAnswer(t, card, DEBITDATA) };
}
