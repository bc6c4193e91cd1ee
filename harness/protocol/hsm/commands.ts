import { unreachable } from "../../core/errors.ts";
import { decodeFields, encodeFields, fieldsLength, type HsmFieldsValue } from "./fields.ts";

/** The commands of the HSM edge (hsm-edge.md 2) and their field lists. */

/** REQ, 162 characters: the elements of an original load request as the card signed them. */
const REQUEST = [
  ["KML", "hex", 32],
  ["PPIEP", "digits", 6],
  ["IDIEP", "digits", 10],
  ["DEXPIEP", "digits", 6],
  ["NTIEP", "integer", 4],
  ["MLDA", "integer", 8],
  ["CURRLDA", "digits", 4],
  ["CEXPLDA", "integer", 2],
  ["BALIEP", "integer", 8],
  ["IDACQ", "digits", 8],
  ["R", "hex", 8],
  ["S1", "hex", 16],
  ["VKIEP", "integer", 2],
  ["ALGL", "integer", 2],
  ["DTHR", "digits", 14],
  ["IDTRX", "hex", 32],
] as const;

/** What DO says of the card's answer: CC, the balance after the command, S3. */
const COMPLETION = [
  ["CC", "hex", 4],
  ["BALIEP", "integer", 8],
  ["S3", "hex", 16],
] as const;

/** What DU says of the new, zero value load request; before it NTIEP as lowered to that of the original. */
const LOWERED = [["NTIEP", "integer", 4]] as const;
const FRESH = [
  ["NTIEP", "integer", 4],
  ["MLDA", "integer", 8],
  ["BALIEP", "integer", 8],
  ["R", "hex", 8],
  ["DTHR", "digits", 14],
  ["IDTRX", "hex", 32],
  ["S1", "hex", 16],
] as const;

/** Amounts in minor units; identifiers, codes and signatures as hex text; ALGL 4 or 5 where it is one. */
export type HsmRequest = HsmFieldsValue<typeof REQUEST>;
export type HsmCompletion = HsmFieldsValue<typeof COMPLETION>;
export type HsmFreshRequest = HsmFieldsValue<typeof FRESH>;

export type HsmCommand =
  /** Check S1, make S2. */
  | { readonly code: "DM"; readonly request: HsmRequest }
  /** Check S3. */
  | { readonly code: "DO"; readonly request: HsmRequest; readonly completion: HsmCompletion }
  /** Check a negative result. `lowered`: NTIEP as the load server lowered it. */
  | { readonly code: "DU"; readonly request: HsmRequest; readonly lowered: number; readonly fresh: HsmFreshRequest }
  /** Diagnostics. */
  | { readonly code: "NC" };

export type HsmCommandCode = HsmCommand["code"];

const REQUEST_CHARS = fieldsLength(REQUEST);
const LOWERED_CHARS = fieldsLength(LOWERED);

export function isHsmCommandCode(code: string): code is HsmCommandCode {
  return code === "DM" || code === "DO" || code === "DU" || code === "NC";
}

/** The fields of a command. Throws `PROTOCOL` when one cannot hold its value. */
export function encodeHsmCommand(command: HsmCommand): string {
  switch (command.code) {
    case "DM":
      return encodeFields(REQUEST, command.request);
    case "DO":
      return encodeFields(REQUEST, command.request) + encodeFields(COMPLETION, command.completion);
    case "DU":
      return (
        encodeFields(REQUEST, command.request) +
        encodeFields(LOWERED, { NTIEP: command.lowered }) +
        encodeFields(FRESH, command.fresh)
      );
    case "NC":
      return "";
    default:
      return unreachable(command);
  }
}

/** The command, or undefined when length or characters are not those of its field list. Never throws. */
export function parseHsmCommand(code: HsmCommandCode, body: string): HsmCommand | undefined {
  if (code === "NC") return body === "" ? { code } : undefined;
  const request = decodeFields(REQUEST, body.slice(0, REQUEST_CHARS));
  return request && withRequest(code, request, body.slice(REQUEST_CHARS));
}

function withRequest(code: "DM" | "DO" | "DU", request: HsmRequest, rest: string): HsmCommand | undefined {
  if (code === "DM") return rest === "" ? { code, request } : undefined;
  if (code === "DO") {
    const completion = decodeFields(COMPLETION, rest);
    return completion && { code, request, completion };
  }
  const lowered = decodeFields(LOWERED, rest.slice(0, LOWERED_CHARS));
  const fresh = decodeFields(FRESH, rest.slice(LOWERED_CHARS));
  return lowered && fresh && { code, request, lowered: lowered.NTIEP, fresh };
}
