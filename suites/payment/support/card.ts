/** The harness's own dealings with the card over `system.apdu`: commands of `card-edge.md`, and what answers must be. */
import { concat, fromHex, toHex } from "../../../harness/core/bytes.ts";
import { encodeGetBalanceCommand, parseGetBalanceResponse } from "../../../harness/protocol/messages/get-balance.ts";
import { type InitResponse, parseInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { encodeInitializeIepCommand } from "../../../harness/protocol/messages/initialize-iep.ts";
import { encodeReadRecordCommand, LOG_FILE } from "../../../harness/protocol/messages/read-record.ts";
import { encodeSelectCommand } from "../../../harness/protocol/messages/select-purse.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

/** A response APDU. */
export interface CardAnswer {
  readonly data: Uint8Array;
  /** Four hex digits. */
  readonly SW: string;
}

export function cardAnswer(response: Uint8Array): CardAnswer {
  return { data: response.slice(0, -2), SW: toHex(response.subarray(-2)) };
}

/** Sends one command (bytes or hex). */
export async function ask(t: CaseContext, command: Uint8Array | string): Promise<CardAnswer> {
  return cardAnswer(await t.system.apdu(typeof command === "string" ? fromHex(command) : command));
}

/** The command is answered with exactly this status word and no data. */
export async function expectRefused(
  t: CaseContext,
  what: string,
  command: Uint8Array | string,
  SW: string,
  about?: About,
): Promise<void> {
  const answer = await ask(t, command);
  t.expect.equal(`answer to ${what}`, toHex(answer.data) + answer.SW, SW, about);
}

/** The command is answered with `'9000'`; gives the data. */
export async function expectAnswer(
  t: CaseContext,
  what: string,
  command: Uint8Array | string,
  length?: number,
  about?: About,
): Promise<Uint8Array> {
  const { data, SW } = await ask(t, command);
  t.expect.equal(`status word of ${what}`, SW, "9000", about);
  if (length !== undefined) t.expect.equal(`length of the answer to ${what}`, data.length, length, about);
  return data;
}

export async function selectPurse(t: CaseContext, about?: About): Promise<Uint8Array> {
  return await expectAnswer(t, "SELECT of the purse", encodeSelectCommand(), undefined, about);
}

/** What the card says at INITIALIZE IEP: the 27 bytes, and their elements. */
export interface Initialised {
  readonly INITRSP: Uint8Array;
  readonly fields: InitResponse;
}

/** INITIALIZE IEP for purchase on a selected purse. */
export async function initialise(t: CaseContext, about?: About): Promise<Initialised> {
  const INITRSP = await expectAnswer(t, "INITIALIZE IEP", encodeInitializeIepCommand(), 27, about);
  return { INITRSP, fields: readable(t, "INITIALIZE IEP", parseInitResponse(INITRSP), about) };
}

/** SELECT and INITIALIZE IEP. */
export async function freshSession(t: CaseContext, about?: About): Promise<Initialised> {
  await selectPurse(t, about);
  return await initialise(t, about);
}

export async function balanceNow(t: CaseContext, about?: About) {
  const { data, SW } = await ask(t, encodeGetBalanceCommand());
  t.expect.equal("status word of GET BALANCE", SW, "9000", about);
  const result = parseGetBalanceResponse(concat(data, fromHex(SW)));
  return readable(
    t,
    "GET BALANCE",
    result.kind === "answer"
      ? { ok: true, value: result.value }
      : { ok: false, reason: result.kind === "malformed" ? result.reason : "refused" },
    about,
  );
}

/** The 31 bytes of log record `number`, 1 = newest; undefined when the card says that there is none. */
export async function logRecord(t: CaseContext, number: number, about?: About): Promise<Uint8Array | undefined> {
  const { data, SW } = await ask(t, encodeReadRecordCommand(number, LOG_FILE));
  t.expect.oneOf(`status word of READ RECORD ${number} of the log`, SW, ["9000", "6A83"], about);
  return SW === "9000" ? data : undefined;
}

/** The value of a parsed structure; a failed expectation with the reason when it could not be read. */
function readable<T>(
  t: CaseContext,
  what: string,
  parsed: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string },
  about?: About,
): T {
  const reason = parsed.ok ? "readable" : parsed.reason;
  t.expect.equal(`answer to ${what}`, reason, "readable", about);
  return t.expect.present(`answer to ${what}`, parsed.ok ? parsed.value : undefined, about);
}
