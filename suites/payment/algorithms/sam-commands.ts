import { toHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { messagesOn } from "../support/observe.ts";

/** INS and P1 of purse commands to the PSAM. */
export function samCommands(seen: PurchaseObservation): readonly string[] {
  const commands = messagesOn(seen, "SAM", "terminal").filter(({ bytes }) => bytes[0] === 0x90);
  return commands.map(({ bytes }) => toHex(bytes.subarray(1, 3)));
}
