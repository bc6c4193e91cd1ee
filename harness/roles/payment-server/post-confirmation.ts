import { toHex } from "../../core/bytes.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { PaymentOutput } from "./effects.ts";
import type { PaymentServerParts } from "./parts.ts";

type Post = Extract<PaymentOutput, { kind: "post-confirmation" }>;

const HEADERS = { "content-type": "application/x-www-form-urlencoded" };

/** Link 238: the confirmation goes to the merchant's status URL (`messages.md` 3c). The status of the answer, if there is one. */
export async function postConfirmation(
  { http, clock, timeouts }: Pick<PaymentServerParts, "http" | "clock" | "timeouts">,
  { url, IDTRX, CONF }: Post,
): Promise<number | undefined> {
  if (http === undefined || !URL.canParse(url)) return undefined;
  const { origin, pathname, search } = new URL(url);
  const body = new URLSearchParams({ "transaction-id": IDTRX, confirmation: toHex(CONF) }).toString();
  const request = { method: "POST", path: pathname + search, headers: HEADERS, body } as const;
  try {
    return (await http(origin, request, deadlineIn(clock, timeouts.merchantMs))).status;
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError)) throw thrown;
    return undefined;
  }
}
