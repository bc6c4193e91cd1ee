/** What `pursebench card` does with one card. */
import type { CardProfile } from "../bench/card-profile.ts";
import type { DeviceSpec } from "../bench/spec.ts";
import { testKeys } from "./fixtures.ts";
import { type CardLook, lookAtCard } from "./look-at-card.ts";
import { type OneCardOptions, openOneCard } from "./one-card.ts";
import { keysFor, type Personalised, personaliseCard } from "./personalise-card.ts";

export interface CardPlace extends Pick<OneCardOptions, "waitMs" | "tell"> {
  readonly spec: DeviceSpec;
}

export interface PersonaliseOptions {
  readonly profile: CardProfile;
  /** Key set: a file. */
  readonly keys: string;
  readonly supplyAs?: string | undefined;
  /** Hears each step as it is done. */
  readonly onStep: (text: string) => void;
}

/** What the card at that place is, and where that is. */
export async function cardInfo(at: CardPlace): Promise<CardLook & { readonly place: string }> {
  await using card = await openOneCard(at.spec, at);
  return { ...(await lookAtCard(card.channel)), place: card.place };
}

/** Whether `keys`, a file, has what it takes to issue a card by `profile`. Throws `USAGE`. */
export function checkProfile(profile: CardProfile, keys: string): void {
  keysFor(profile, testKeys(keys));
}

/** Issues the supplied card at that place. */
export async function personaliseAt(at: CardPlace, options: PersonaliseOptions): Promise<Personalised> {
  const keys = testKeys(options.keys); // read first: a wrong file is told before a card is asked for
  await using card = await openOneCard(at.spec, at);
  return await personaliseCard(card.channel, options.profile, keys, options.onStep, options.supplyAs);
}
