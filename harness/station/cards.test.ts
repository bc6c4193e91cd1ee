import { describe, expect, it } from "vitest";
import { CARD_KINDS } from "../bench/card-kinds.ts";
import { fromHex, toHex } from "../core/bytes.ts";
import { seededRandom } from "../core/random.ts";
import { simulatedCard } from "./cards.ts";
import { testKeys } from "./fixtures.ts";

const KEYS = testKeys();
const purses = CARD_KINDS.filter((kind) => !["mute", "no-purse", "malformed-atr"].includes(kind));

/** What the card says of itself in SELECT: PPIEP, IDIEP, SNIEP. */
async function identity(kind: (typeof CARD_KINDS)[number]): Promise<string> {
  const card = simulatedCard(kind, { keys: KEYS, random: seededRandom(kind) });
  await card.powerOn();
  return toHex((await card.transmit(fromHex("00A4040008F050422D4945503100"))) ?? new Uint8Array(0));
}

describe("cards that the bench plays", () => {
  it.each(purses)("%s is a purse", async (kind) => {
    expect(await identity(kind)).toMatch(/9000$/);
  });

  it("have numbers of their own", async () => {
    expect(new Set(await Promise.all(purses.map(identity))).size).toBe(purses.length);
  });
});
