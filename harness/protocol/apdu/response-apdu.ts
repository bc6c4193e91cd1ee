import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { describeStatusWord, isStatusWord, type StatusWord } from "./status-word.ts";

/** A response APDU (ISO/IEC 7816-4, 5.1): 0 to 256 bytes of data and the status. Frozen; `data` is not copied. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly sw: StatusWord;
}

export type ParsedResponse =
  | { readonly ok: true; readonly apdu: ResponseApdu }
  | { readonly ok: false; readonly reason: string };

const NO_DATA = new Uint8Array(0);
const MAX_DATA = 256;

/** Builds a response. Throws `PROTOCOL` above 256 bytes of data. */
export function responseApdu(sw: StatusWord, data: Uint8Array = NO_DATA): ResponseApdu {
  if (data.length > MAX_DATA)
    throw new PursebenchError("PROTOCOL", `${data.length} bytes of response data, at most 256 fit`);
  return Object.freeze({ data, sw });
}

/** The bytes of a response, 2 to 258. Throws `PROTOCOL` above 256 bytes of data. */
export function encodeResponseApdu(apdu: ResponseApdu): Uint8Array {
  const { data, sw } = responseApdu(apdu.sw, apdu.data);
  const bytes = new Uint8Array(data.length + 2);
  bytes.set(data);
  bytes[data.length] = sw >> 8;
  bytes[data.length + 1] = sw;
  return bytes;
}

/** Reads a response. `apdu.data` is a view of `bytes`, not a copy. */
export function parseResponseApdu(bytes: Uint8Array): ParsedResponse {
  const length = bytes.length - 2;
  const high = bytes[length];
  const low = bytes[length + 1];
  if (high === undefined || low === undefined)
    return { ok: false, reason: `${bytes.length} bytes, and the status alone has 2` };
  if (length > MAX_DATA)
    return { ok: false, reason: `${length} bytes of response data, at most ${MAX_DATA} are allowed` };
  const sw = (high << 8) | low;
  if (!isStatusWord(sw)) return { ok: false, reason: `ends with ${describeStatusWord(sw)}` };
  return { ok: true, apdu: Object.freeze({ data: bytes.subarray(0, length), sw }) };
}

/** One line for people: data and status in words. */
export function describeResponseApdu(apdu: ResponseApdu): string {
  const status = describeStatusWord(apdu.sw);
  return apdu.data.length === 0 ? status : `${toHex(apdu.data)} ${status}`;
}
