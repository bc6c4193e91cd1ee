/** Test applets that are blank, made into the cards and security cards of `fixtures/` (`test-cards.md` 2). */
import { toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { describeStatusWord } from "../protocol/apdu/status-word.ts";
import { encodeSelectCommand, PSAM_AID, PURSE_AID } from "../protocol/messages/select-purse.ts";

/** APDU in, APDU out; `null` from a card that stays mute. */
export type Ask = (command: Uint8Array) => Promise<Uint8Array | null> | Uint8Array | null;

/** Selects the IEP applet and supplies it. Rejects with `PROTOCOL`, saying at which item it was refused; the items themselves are secret. */
export async function supplyCard(ask: Ask, commands: readonly Uint8Array[]): Promise<void> {
  await supply(ask, PURSE_AID, commands);
}

/** The same for the PSAM applet. */
export async function supplyPsam(ask: Ask, commands: readonly Uint8Array[]): Promise<void> {
  await supply(ask, PSAM_AID, commands);
}

async function supply(ask: Ask, AID: string, commands: readonly Uint8Array[]): Promise<void> {
  await need(ask, encodeSelectCommand(AID), "SELECT");
  for (const each of commands) await need(ask, each, `SUPPLY ${toHex(each.subarray(2, 4))}`);
}

async function need(ask: Ask, command: Uint8Array, what: string): Promise<void> {
  const answer = await ask(command);
  const [sw1 = 0, sw2 = 0] = answer?.slice(-2) ?? [];
  if (sw1 === 0x90 && sw2 === 0) return;
  const said = answer ? describeStatusWord((sw1 << 8) | sw2) : "nothing";
  throw new PursebenchError("PROTOCOL", `the test card answered ${what} with ${said}`, {
    owner: "card",
    mend: "take a card with a blank test applet (`pursebench card install`)",
  });
}
