import { isLoadAlgorithm } from "../../crypto/load-keys.ts";
import { HSM_ERRORS, type HsmError } from "../../protocol/hsm/answers.ts";
import type { HsmCommand, HsmRequest } from "../../protocol/hsm/commands.ts";
import { isDate, isDateTime } from "../../protocol/messages/calendar.ts";
import type { HsmCrypto, Keyed } from "./crypto.ts";
import type { HsmKeys } from "./keys.ts";

/** A command about a load: all but diagnostics. */
export type LoadCommand = Exclude<HsmCommand, { code: "NC" }>;

export interface Readied {
  readonly load: Keyed;
  readonly KLS: Uint8Array;
}

/** The keys of a command, or the first check before its signatures that it fails (hsm-edge.md 2). `today`: YYYYMMDD. */
export function readied(crypto: HsmCrypto, keys: HsmKeys, command: LoadCommand, today: string): Readied | HsmError {
  const { request } = command;
  const { ALGL } = request;
  if (hasWrongAmount(command)) return HSM_ERRORS.input;
  if (!isLoadAlgorithm(ALGL)) return HSM_ERRORS.algorithm;
  const { LMK, KLS } = keys;
  if (LMK === undefined || KLS === undefined) return HSM_ERRORS.noKeys;
  const MKL = crypto.decipher(LMK, request.KML);
  if (!crypto.hasRightParity(ALGL, MKL)) return HSM_ERRORS.parity;
  const checkValue = crypto.checkValue(ALGL, MKL);
  const isServed = keys.served.some(
    (key) =>
      key.PPIEP === request.PPIEP && key.ALGL === ALGL && key.VKIEP === request.VKIEP && key.checkValue === checkValue,
  );
  if (!isServed) return HSM_ERRORS.foreignKey;
  return dateFlaw(command, today) ?? { load: { ALGL, MKL, request }, KLS };
}

/** Amount of a load above zero, of a zero value load request zero. */
function hasWrongAmount(command: LoadCommand): boolean {
  return (command.code === "DM" && command.request.MLDA === 0) || (command.code === "DU" && command.fresh.MLDA !== 0);
}

function dateFlaw(command: LoadCommand, today: string): HsmError | undefined {
  const { request } = command;
  const times = command.code === "DU" ? [request.DTHR, command.fresh.DTHR] : [request.DTHR];
  if (!times.every(isDateTime) || !isDate(lastDay(request))) return HSM_ERRORS.input;
  if (command.code !== "DM") return undefined;
  const latest = request.DTHR.slice(0, 8) > today ? request.DTHR.slice(0, 8) : today;
  return lastDay(request) < latest ? HSM_ERRORS.expired : undefined;
}

/** DEXPIEP as YYYYMMDD. */
function lastDay({ DEXPIEP }: HsmRequest): string {
  return `20${DEXPIEP}`;
}
