/** Messages of the direct path (861) that a case says itself. */
import { fromHex } from "../../../harness/core/bytes.ts";
import type { LoadPage } from "../../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import { inconclusive } from "../../define/failures.ts";

/** A3 from the form that says the same on link 234 (`browser.ts`). */
export function directBalance(form: Readonly<Record<string, string>>): Uint8Array {
  const bytes = (name: string) => fromHex(form[name] ?? "");
  return encodeMessage({
    kind: "balance",
    ATR: bytes("atr"),
    BALANCE: bytes("balance"),
    CARDINFO: bytes("card-information"),
  });
}

/** A4; the case cannot go on without. */
export function directPage(answer: Uint8Array | null | undefined): LoadPage {
  const message = answer ? parseMessage(answer) : undefined;
  return message?.kind === "load-page" ? message : inconclusive("no load page came on the direct path", "server");
}
