/** What the PSAM says to the commands that work in every state (`psam-edge.md` 4.4, 4.5, 4.8 to 4.10), as their tables have it. */
import type { CommandResult } from "../../protocol/messages/command-result.ts";
import { parsePsamCancelResponse } from "../../protocol/messages/psam-cancel.ts";
import { parseCollectResponse, parseEndOfCollectionResponse } from "../../protocol/messages/psam-collect.ts";
import { parsePsamCompleteResponse } from "../../protocol/messages/psam-complete.ts";
import { parseUpdateResponse } from "../../protocol/messages/psam-update.ts";
import { GENERAL_REFUSALS } from "./psam-refusals.ts";

/** A write failed. */
const NOT_WRITTEN = 0x6581;

export const readComplete = among(parsePsamCompleteResponse, [0x9416, 0x9415, 0x9302, 0x9404]);
export const readCancel = among(parsePsamCancelResponse, [0x9415]);
export const readCollect = among(parseCollectResponse, [0x6a80, 0x9419, 0x9402, 0x9418]);
export const readEndOfCollection = among(parseEndOfCollectionResponse, [0x9415, 0x9302]);
export const readUpdate = among(parseUpdateResponse, [0x6a80, 0x9302, 0x9419, 0x9417]);

/** A status word with data, or one that no table has for that command, is no refusal: it may have been altered on its way (`messages.md` 5). */
function among<T>(
  parse: (response: Uint8Array) => CommandResult<T>,
  own: readonly number[],
): (response: Uint8Array) => CommandResult<T> {
  const known = new Set([...GENERAL_REFUSALS, NOT_WRITTEN, ...own]);
  return (response) => {
    const result = parse(response);
    if (result.kind !== "refused" || (response.length === 2 && known.has(result.SW))) return result;
    return { kind: "malformed", reason: "a status word with data, or one that no table has" };
  };
}
