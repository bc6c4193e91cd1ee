/** Defects of the security card in what it signs, compares and answers (`psam-edge.md`). */
import { concat, equal, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { expectedS3, type PsamCrypto, type PurseContext, psamCrypto } from "../roles/psam/crypto.ts";
import { contextOf } from "../roles/psam/key-material.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";
import { PSAM_CARD_BEHAVIOURS } from "./psam-cards.ts";
import { PSAM_KEEPING_BEHAVIOURS } from "./psam-keeping.ts";
import { ATR_PACKAGE, afterCommand, answering, answerOf, DEBIT_PACKAGE, withMemory } from "./psam-steps.ts";

/** `bytes`: only so many of S3 are compared, from the front; 0: none. */
const comparesFewBytes: Behaviour = (parameters) => {
  const count = numberOf(parameters, "bytes");
  const verifyS3: PsamCrypto["verifyS3"] = (context, DEBITDATA, completion, S3) =>
    equal(expectedS3(context, DEBITDATA, completion).subarray(0, count), S3.subarray(0, count));
  return { psam: () => createPsamRole({ ...psamCrypto, verifyS3 }) };
};

/** S3 right for the completion code 0000 passes for every other one as well. */
const ignoresCode: Behaviour = () => {
  const verifyS3: PsamCrypto["verifyS3"] = (context, DEBITDATA, completion, S3) =>
    [completion.BALIEP, completion.BALIEP - amountOf(DEBITDATA)].some((BALIEP) =>
      psamCrypto.verifyS3(context, DEBITDATA, { CC: "0000", BALIEP }, S3),
    );
  return { psam: () => createPsamRole({ ...psamCrypto, verifyS3 }) };
};

/**
 * `kind` of S2 that is given: "zero", "checksum" (no key at all), "first-session" (keys of the first transaction stay in
 * use), "triple-des" (whatever algorithm the card names).
 */
const signsWrongly: Behaviour = (parameters) => {
  const kind = textOf(parameters, "kind");
  let first: PurseContext | undefined;
  const signS2 = (context: PurseContext, data: Uint8Array): Uint8Array => {
    first ??= context;
    switch (kind) {
      case "zero":
        return new Uint8Array(8);
      case "checksum":
        return checksum(concat(context.INITRSP, data));
      case "first-session":
        return psamCrypto.signS2({ ...context, INITRSP: first.INITRSP }, data);
      case "triple-des":
        return psamCrypto.signS2({ ...context, ALGIEP: 4 }, data);
      default:
        throw new PursebenchError("USAGE", `no wrong signature is called "${kind}"`);
    }
  };
  return { psam: () => createPsamRole({ ...psamCrypto, signS2 }) };
};

/**
 * Parts of DEBITDATA by name, signed as if they were right. `element`: IDPSAM, NTPSAM, MPDA, CEXPPDA, DTHR, LOC, IDTRX;
 * `value` (hex), or its value of the time before.
 */
const issuesOther: Behaviour = (parameters) => {
  const place = placeOf(textOf(parameters, "element"));
  const value = optionalText(parameters, "value");
  let previous: Uint8Array | undefined;
  return {
    psam: afterCommand(DEBIT_PACKAGE, ({ step }) => {
      const { memory } = step.state;
      const answer = answerOf(step);
      if (memory.open === null || answer?.SW !== 0x9000) return step;
      const own = answer.data.slice(place.at, place.at + place.length);
      const other = value === undefined ? (previous ?? own) : fromHex(value);
      previous = own;
      const unsigned = concat(
        answer.data.subarray(0, place.at),
        other,
        answer.data.subarray(place.at + place.length, 45),
      );
      const DEBITDATA = concat(unsigned, psamCrypto.signS2(contextOf(memory, memory.open), unsigned));
      const open = { ...memory.open, DEBITDATA: toHex(DEBITDATA) };
      return answering(withMemory(step, { ...memory, open }), DEBITDATA);
    }),
  };
};

/** `command` (INS and P1), `at`, `value` (hex): these bytes of a successful answer; without `value`, cut off there. */
const answersOther: Behaviour = (parameters) => {
  const at = numberOf(parameters, "at");
  const value = optionalText(parameters, "value");
  return {
    psam: afterCommand(numberOf(parameters, "command"), ({ step }) => {
      const answer = answerOf(step);
      if (answer?.SW !== 0x9000) return step;
      const head = answer.data.subarray(0, at);
      if (value === undefined) return answering(step, head);
      const bytes = fromHex(value);
      return answering(step, concat(head, bytes, answer.data.subarray(at + bytes.length)));
    }),
  };
};

/** The first package is answered with a master key. */
const leaksKey: Behaviour = () => ({
  psam: afterCommand(ATR_PACKAGE, ({ step }) => answering(step, fromHex(step.state.memory.keys[0]?.MKP ?? ""))),
});

export const PSAM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-compares-few-bytes": comparesFewBytes,
  "psam-ignores-code": ignoresCode,
  "psam-signs-wrongly": signsWrongly,
  "psam-issues-other": issuesOther,
  "psam-answers-other": answersOther,
  "psam-leaks-key": leaksKey,
  ...PSAM_CARD_BEHAVIOURS,
  ...PSAM_KEEPING_BEHAVIOURS,
};

/** Offset and length in DEBITDATA (card-edge.md 5.3). */
const PLACES: Readonly<Record<string, { readonly at: number; readonly length: number }>> = {
  IDPSAM: { at: 3, length: 4 },
  NTPSAM: { at: 7, length: 4 },
  MPDA: { at: 11, length: 4 },
  CURRPDA: { at: 15, length: 2 },
  CEXPPDA: { at: 17, length: 1 },
  DTHR: { at: 18, length: 7 },
  LOC: { at: 25, length: 4 },
  IDTRX: { at: 29, length: 16 },
};

function placeOf(element: string): { readonly at: number; readonly length: number } {
  const place = PLACES[element];
  if (place) return place;
  throw new PursebenchError("USAGE", `DEBITDATA has no element "${element}"`);
}

function amountOf(DEBITDATA: Uint8Array): number {
  return DEBITDATA.subarray(11, 15).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** A sum over all bytes, 8 bytes long: anybody can make it. */
function checksum(data: Uint8Array): Uint8Array {
  return uintToBytes(
    data.reduce((sum, byte) => sum + byte, 0),
    8,
  );
}
