import { unreachable } from "../../core/errors.ts";
import { HSM_RESULT_KINDS, type HsmResultKind } from "../../crypto/hsm-result.ts";
import { answerCode, encodeGoodAnswer, HSM_ERRORS, UNKNOWN_COMMAND } from "../../protocol/hsm/answers.ts";
import { type HsmCommand, type HsmRequest, isHsmCommandCode, parseHsmCommand } from "../../protocol/hsm/commands.ts";
import { encodeHsmFrame, type HsmFrame, parseHsmFrame } from "../../protocol/hsm/frame.ts";
import type { EndOutput, Role } from "../role.ts";
import { type LoadCommand, type Readied, readied } from "./checks.ts";
import { type HsmCrypto, hsmCrypto } from "./crypto.ts";
import type { HsmKeys } from "./keys.ts";

/** One frame, and the day by the HSM's own clock. */
export interface HsmInput {
  readonly kind: "frame";
  readonly bytes: Uint8Array;
  /** YYYYMMDD, UTC. */
  readonly today: string;
}

export type HsmOutput = EndOutput | { readonly kind: "send"; readonly bytes: Uint8Array };

export type HsmRole = Role<HsmKeys, HsmInput, HsmOutput>;

/** 9 characters, said to NC. */
export const HSM_RELEASE = "PB03-0001";

/** The card issuer's host security module (hsm-edge.md): keeps keys and nothing else, answers each frame by itself. */
export function createHsm(crypto: HsmCrypto): HsmRole {
  return {
    handle(keys, { bytes, today }) {
      const frame = parseHsmFrame(bytes);
      if (frame === undefined) return { state: keys, outputs: [{ kind: "end" }] };
      const answer = encodeHsmFrame({ ...frame, ...answerTo(crypto, keys, frame, today) });
      return { state: keys, outputs: [{ kind: "send", bytes: answer }] };
    },
  };
}

export const hsm: HsmRole = createHsm(hsmCrypto);

/** hsm-edge.md 1. */
const LONGEST_TRAILER = 32;

function answerTo(
  crypto: HsmCrypto,
  keys: HsmKeys,
  { code, body, trailer }: HsmFrame,
  today: string,
): Pick<HsmFrame, "code" | "body" | "trailer"> {
  const isTooLong = trailer !== undefined && trailer.length > LONGEST_TRAILER;
  const end = isTooLong ? { trailer: undefined } : {};
  if (!isHsmCommandCode(code)) return { ...end, code: UNKNOWN_COMMAND, body: HSM_ERRORS.input };
  const command = isTooLong ? undefined : parseHsmCommand(code, body);
  const said = command === undefined ? HSM_ERRORS.input : obey(crypto, keys, command, today);
  return { ...end, code: answerCode(code), body: said };
}

/** Error code, and the fields behind `00`. */
function obey(crypto: HsmCrypto, keys: HsmKeys, command: HsmCommand, today: string): string {
  if (command.code === "NC") return diagnostics(crypto, keys);
  const ready = readied(crypto, keys, command, today);
  return typeof ready === "string" ? ready : judge(crypto, ready, command);
}

function diagnostics(crypto: HsmCrypto, { LMK }: HsmKeys): string {
  if (LMK === undefined) return HSM_ERRORS.noKeys;
  return encodeGoodAnswer("NC", { LMK: crypto.checkValue(0x04, LMK), release: HSM_RELEASE });
}

/** The signatures; which element does not fit is never told. */
function judge(crypto: HsmCrypto, { load, KLS }: Readied, command: LoadCommand): string {
  const { request } = command;
  switch (command.code) {
    case "DM":
      if (!crypto.isS1(load, request.S1)) return HSM_ERRORS.signature;
      return encodeGoodAnswer("DM", { S2: crypto.makeS2(load, request.S1) });
    case "DO": {
      const { CC, S3 } = command.completion;
      if (!crypto.isS3(load, command.completion, S3)) return HSM_ERRORS.signature;
      return encodeGoodAnswer("DO", { ...result(crypto, KLS, request, "s3-right", CC), CC });
    }
    case "DU": {
      const { fresh, lowered } = command;
      const original = { ...load, request: { ...request, BALIEP: fresh.BALIEP, NTIEP: lowered } };
      const isUnchanged = crypto.isS1(original, request.S1);
      const isFresh = crypto.isS1({ ...load, request: { ...request, ...fresh } }, fresh.S1);
      if (!isUnchanged || !isFresh) return HSM_ERRORS.signature;
      return encodeGoodAnswer("DU", result(crypto, KLS, request, "no-load", "0000"));
    }
    default:
      return unreachable(command);
  }
}

function result(crypto: HsmCrypto, KLS: Uint8Array, request: HsmRequest, kind: HsmResultKind, CC: string) {
  return { HRES: crypto.makeResult(KLS, { ...request, kind, CC }), KIND: HSM_RESULT_KINDS[kind] };
}
