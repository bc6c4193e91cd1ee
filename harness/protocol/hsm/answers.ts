import type { HsmCommandCode } from "./commands.ts";
import { decodeFields, encodeFields, type HsmFields, type HsmFieldsValue } from "./fields.ts";

/** The answers of the HSM edge (hsm-edge.md 1 and 2). */

/** Error codes of hsm-edge.md 1, beside `00`. */
export const HSM_ERRORS = {
  signature: "01",
  algorithm: "03",
  parity: "10",
  noKeys: "12",
  input: "15",
  expired: "16",
  foreignKey: "21",
} as const;

export type HsmError = (typeof HSM_ERRORS)[keyof typeof HSM_ERRORS];

/** What a good answer holds, by the command that it answers. */
const ANSWERS = {
  DM: [["S2", "hex", 16]],
  DO: [
    ["HRES", "hex", 16],
    ["KIND", "integer", 2],
    ["CC", "hex", 4],
  ],
  DU: [
    ["HRES", "hex", 16],
    ["KIND", "integer", 2],
  ],
  /** Check value of LMK, release of the HSM. */
  NC: [
    ["LMK", "hex", 6],
    ["release", "text", 9],
  ],
} as const satisfies Readonly<Record<HsmCommandCode, HsmFields>>;

export type HsmGoodAnswer<Code extends HsmCommandCode> = HsmFieldsValue<(typeof ANSWERS)[Code]>;

/** What an HSM says to a command: the fields, or why not. `error` is two digits, those of the table or others. */
export type HsmAnswer<Code extends HsmCommandCode> =
  | ({ readonly error: "00" } & HsmGoodAnswer<Code>)
  | { readonly error: string };

/** Said to a command that is not known. */
export const UNKNOWN_COMMAND = "ZZ";

/** The code of the answer: the second letter of the command + 1. */
export function answerCode(code: HsmCommandCode): string {
  return code.slice(0, 1) + String.fromCharCode(code.charCodeAt(1) + 1);
}

/** What follows the answer code, with error `00`. Throws `PROTOCOL` when a field cannot hold its value. */
export function encodeGoodAnswer<Code extends HsmCommandCode>(code: Code, fields: HsmGoodAnswer<Code>): string {
  return `00${encodeFields<HsmFields>(ANSWERS[code], fields)}`;
}

/** What a body says as the answer to that command, or undefined when it is none. Never throws. */
export function parseHsmAnswer<Code extends HsmCommandCode>(code: Code, body: string): HsmAnswer<Code> | undefined {
  const error = body.slice(0, 2);
  if (!/^[0-9]{2}$/.test(error)) return undefined;
  if (error !== "00") return body.length === 2 ? { error } : undefined;
  const fields = decodeFields<HsmFields>(ANSWERS[code], body.slice(2));
  // The list of fields is that of `code`, and so is the type.
  return fields && ({ error, ...fields } as HsmAnswer<Code>);
}

/** Whether it is the good one. */
export function isGood<Code extends HsmCommandCode>(
  answer: HsmAnswer<Code>,
): answer is { readonly error: "00" } & HsmGoodAnswer<Code> {
  return answer.error === "00";
}
