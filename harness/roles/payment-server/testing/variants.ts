/** The merchants of FIG 5 to 7 and their head ends, for tests of the payment server. */
import type { Message, Notice } from "../../../protocol/messages/layouts.ts";
import { cardResponse, drawRequest, IDTRX, type PaymentBench } from "../test-bench.ts";

export const FIG5 = "SHOP0005";
export const FIG6 = "SHOP0006";
export const FIG7 = "SHOP0007";
export const VARIANTS = [FIG5, FIG6, FIG7] as const;
export const NONE = new Uint8Array(0);
export const WRONG = cardResponse("BBBBBBBBBBBBBBBB");
export const SIGNED_REFUSAL = cardResponse("AAAAAAAAAAAAAAAA", "9401");

export const rowOf = (bench: PaymentBench, IDMER: string) => bench.database.transaction(IDMER, IDTRX);

export function notice(over: Partial<Notice> = {}): Notice {
  return { kind: "notice", IDTRX, CC: "0000", CARDRSP: cardResponse(), SW: "9000", ...over };
}

/** A head end that has got its debit command. */

export async function commanded(bench: PaymentBench, IDMER: string) {
  const headEnd = bench.connect();
  await headEnd.send(drawRequest({ IDMER }));
  const command = await headEnd.next();
  if (command?.kind !== "debit-command") throw new Error(`no debit command but ${command?.kind}`);
  return { ...headEnd, command };
}

/** Says the last word of a transaction, one that is not answered, and hangs up. */

export async function tell(bench: PaymentBench, IDMER: string, message: Message): Promise<void> {
  const headEnd = await commanded(bench, IDMER);
  await headEnd.send(message);
  await headEnd.served;
}

export function cancels(bench: PaymentBench): readonly number[] {
  return bench.terminals.asked.flatMap(({ message }) => (message.kind === "t-cancel" ? [message.MODE] : []));
}
