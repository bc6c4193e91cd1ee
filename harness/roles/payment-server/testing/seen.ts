/** What tests look at after a talk with the payment server. */
import { IDTRX, type PaymentBench } from "../test-bench.ts";

/** Of the row of the first merchant's transaction. */
export function statusOf(bench: PaymentBench): Promise<string | undefined> {
  return bench.database.transaction("SHOP0001", IDTRX).then((row) => row?.status);
}

export function confOf({ CONF }: { readonly CONF?: Uint8Array | undefined }): Uint8Array {
  if (CONF === undefined) throw new Error("a debit result without CONF");
  return CONF;
}
