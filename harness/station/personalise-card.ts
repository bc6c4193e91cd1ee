/** A supplied test card is issued by a profile, and read back (`card-edge.md` 5.7, `keys-and-signatures.md` 11). */
import type { CardProfile } from "../bench/card-profile.ts";
import { concat, fromHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { deriveLoadKey, loadAlgorithm } from "../crypto/load-keys.ts";
import { deriveCardUpdateKey, encipherCardKeys, personalisationMac } from "../crypto/personalisation.ts";
import { deriveCardKey } from "../crypto/purse-keys.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { CardChannel } from "../device/contracts.ts";
import type { PurseReading } from "../flows/system.ts";
import { describeStatusWord } from "../protocol/apdu/status-word.ts";
import { encodePersoData, encodePersonaliseCommand, type IssuerData } from "../protocol/messages/personalise.ts";
import { encodeSupply, SUPPLIED_STATE, SUPPLY_END, SUPPLY_IEP } from "../protocol/messages/supply.ts";
import { type CardContent, lookAtCard } from "./look-at-card.ts";
import { supplyCard } from "./supply.ts";

const COMMAND_MS = 20_000;
const SECRET_KEY_MODE = 1;

export interface Personalised {
  readonly SNIEP: string;
  readonly purse: PurseReading;
}

/**
 * Issues the card in `channel` as `profile` says and reads it back. `supplyAs`: SNIEP of a blank test applet, which is supplied with it
 * first. `onStep` hears each step as it is done. Rejects with `USAGE` for a card that is not one to be issued, `PROTOCOL` for one that
 * refuses or says something else afterwards; nothing is changed on a card that was refused here.
 */
export async function personaliseCard(
  channel: CardChannel,
  profile: CardProfile,
  keys: TestKeySet,
  onStep: (text: string) => void,
  supplyAs?: string,
): Promise<Personalised> {
  const { MKU, ...keysOfCard } = keysFor(profile, keys);
  let { content } = await lookAtCard(channel);
  if (supplyAs !== undefined && content.kind === "purse" && content.state === "blank") {
    await supplyBlank(channel, supplyAs, deriveCardUpdateKey(MKU, supplyAs));
    onStep(`supplied with serial number ${supplyAs}`);
    ({ content } = await lookAtCard(channel));
  }
  const SNIEP = serialNumberOf(content, profile);
  onStep(`a supplied purse card, serial number ${SNIEP}`);
  await issue(channel, deriveCardUpdateKey(MKU, SNIEP), issuerData(profile), keysOfCard);
  onStep("personalised");
  const after = (await lookAtCard(channel)).content;
  if (after.kind !== "purse" || after.state !== "issued") throw otherwise("it is no issued purse");
  compare(after.purse, profile, SNIEP);
  onStep("read back: every element is as in the profile");
  return { SNIEP, purse: after.purse };
}

function serialNumberOf(content: CardContent, profile: CardProfile): string {
  if (content.kind !== "purse") throw wrongCard("this is no purse card", "put a supplied purse card into the reader");
  if (content.state === "issued") {
    const { PPIEP, IDIEP } = content.purse;
    throw wrongCard(
      `this card is issued already: purse ${IDIEP} of provider ${PPIEP}`,
      "a card is personalised once: take a supplied one",
    );
  }
  if (content.state === "blank") {
    throw wrongCard("the applet on this card is blank", "supply it first: --supply SNIEP (16 hex digits)");
  }
  const { SNIEP } = content.identity;
  if (profile.SNIEP === undefined || profile.SNIEP === SNIEP) return SNIEP;
  throw wrongCard(
    `this card has the serial number ${SNIEP}, and the profile is for ${profile.SNIEP}`,
    "put the other card into the reader, or leave SNIEP out of the profile",
  );
}

function issuerData({
  PPIEP,
  IDIEP,
  ALGIEP,
  DEXPIEP,
  BALIEP,
  BALmaxIEP,
  CURRIEP,
  CEXPIEP,
  VKIEP,
}: CardProfile): IssuerData {
  return { PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, BALmaxIEP, CURRIEP, CEXPIEP, AMIEP: SECRET_KEY_MODE, VKIEP };
}

/** Looked up before anything is sent: a key that is not there shall not cost a card. Throws `USAGE`. */
export function keysFor({ PPIEP, IDIEP, ALGIEP, VKIEP }: CardProfile, keys: TestKeySet) {
  const name = `of issuer ${PPIEP}, algorithm ${ALGIEP}, generation ${VKIEP}`;
  const ALGL = loadAlgorithm(ALGIEP);
  const MKP = required(keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP), `master purchase key ${name}`);
  const MKL = required(keys.masterLoadKey(PPIEP, ALGL, VKIEP), `master load key ${name}`);
  const MKU = required(keys.masterUpdateKey(PPIEP), `master update key of issuer ${PPIEP}`);
  return { MKU, KDP: deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP), KDL: deriveLoadKey(ALGL, MKL, PPIEP, IDIEP) };
}

async function supplyBlank(channel: CardChannel, SNIEP: string, KDU: Uint8Array): Promise<void> {
  await supplyCard(
    (command) => channel.transmit(command, deadlineIn(systemClock, COMMAND_MS)),
    [
      encodeSupply(SUPPLY_IEP.serialNumber, fromHex(SNIEP)),
      encodeSupply(SUPPLY_IEP.updateKey, KDU),
      encodeSupply(SUPPLY_END, Uint8Array.of(SUPPLIED_STATE.supplied)),
    ],
  );
}

async function issue(
  channel: CardChannel,
  KDU: Uint8Array,
  data: IssuerData,
  keys: { readonly KDP: Uint8Array; readonly KDL: Uint8Array },
): Promise<void> {
  const signed = encodePersoData(data, encipherCardKeys(KDU, keys));
  const command = encodePersonaliseCommand(concat(signed, personalisationMac(KDU, signed)));
  const answer = await channel.transmit(command, deadlineIn(systemClock, COMMAND_MS));
  const SW = ((answer.at(-2) ?? 0) << 8) | (answer.at(-1) ?? 0);
  if (SW === 0x9000) return;
  throw new PursebenchError("PROTOCOL", `the card refused PERSONALISE: ${describeStatusWord(SW)}`, {
    owner: "card",
    mend:
      SW === 0x9302
        ? "its update key is another one: name the key set that its supplier made it for"
        : "compare the profile with card-edge.md 5.7",
  });
}

function compare(purse: PurseReading, profile: CardProfile, SNIEP: string): void {
  const due: readonly (readonly [keyof PurseReading, string | number])[] = [
    ...Object.entries(issuerData(profile)).map(([name, value]) => [name as keyof IssuerData, value] as const),
    ["SNIEP", SNIEP],
    ["NTIEP", 1],
  ];
  const wrong = due.filter(([name, value]) => purse[name] !== value);
  if (purse.log.length > 0) throw otherwise("its log is not empty");
  if (wrong.length === 0) return;
  throw otherwise(wrong.map(([name, value]) => `${name} is ${String(purse[name])}, not ${value}`).join("; "));
}

function required(key: Uint8Array | undefined, what: string): Uint8Array {
  if (key) return key;
  throw new PursebenchError("USAGE", `the key set has no ${what}`, {
    mend: "correct issuer, algorithm or generation of the profile, or name another key set",
  });
}

function wrongCard(what: string, mend: string): PursebenchError {
  return new PursebenchError("USAGE", what, { owner: "card", mend });
}

function otherwise(what: string): PursebenchError {
  return new PursebenchError("PROTOCOL", `the card took PERSONALISE and says something else afterwards: ${what}`, {
    owner: "card",
    mend: "take this card out of use: it does not keep what it is given",
  });
}
