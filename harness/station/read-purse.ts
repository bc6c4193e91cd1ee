/** What the card says of itself, read by the harness with commands that change nothing of value. */
import type { Deadline } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel } from "../device/contracts.ts";
import type { PurseReading } from "../flows/system.ts";
import { describeStatusWord } from "../protocol/apdu/status-word.ts";
import type { CommandResult } from "../protocol/messages/command-result.ts";
import { IepClient } from "../roles/card/client.ts";

/**
 * Reads identity, balance, counters and log over an open channel. A purse that refuses INITIALIZE (blocked, counter at
 * its end) is read without it: AMIEP is then 0. `PROTOCOL` when the card is no purse of this profile.
 */
export async function readPurse(channel: CardChannel, deadline: Deadline): Promise<PurseReading> {
  const card = new IepClient(channel);
  const identity = need(await card.select(deadline), "SELECT");
  const balance = need(await card.getBalance(deadline), "GET BALANCE");
  const information = need(await card.readCardInformation(deadline), "READ RECORD (card information)");
  const log = need(await card.readLog(deadline), "READ RECORD (transaction log)");
  const initialised = await card.initialize(deadline);
  return {
    ATR: channel.atr,
    PPIEP: identity.PPIEP,
    IDIEP: identity.IDIEP,
    SNIEP: identity.SNIEP,
    ALGIEP: information.ALGIEP,
    DEXPIEP: information.DEXPIEP,
    BALIEP: balance.BALIEP,
    BALmaxIEP: balance.BALmaxIEP,
    CURRIEP: balance.CURRIEP,
    CEXPIEP: balance.CEXPIEP,
    AMIEP: initialised.kind === "answer" ? initialised.value.fields.AMIEP : 0,
    NTIEP: balance.NTIEP,
    VKIEP: information.VKIEP,
    log,
  };
}

function need<T>(result: CommandResult<T>, command: string): T {
  switch (result.kind) {
    case "answer":
      return result.value;
    case "refused":
      throw new PursebenchError(
        "PROTOCOL",
        `the card is no purse of profile IEP-1: ${command} was answered ${describeStatusWord(result.SW)}`,
        { owner: "card", mend: "put a purse card of profile IEP-1 into the reader" },
      );
    default:
      throw new PursebenchError("PROTOCOL", `the card's answer to ${command} is malformed: ${result.reason}`, {
        owner: "card",
        mend: "put a purse card of profile IEP-1 into the reader",
      });
  }
}
