import { expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { labJavaCards } from "./lab-javacards.ts";

it("the exerciser of Java Card is put into a slot, and taken out for good", { timeout: 60_000 }, async () => {
  const factory = new Map(labJavaCards()).get("javacard-exerciser");
  let inSlot: VirtualCard | undefined;
  const slot = {
    insert: (card: VirtualCard) => {
      inSlot = card;
    },
    remove: () => {
      inSlot = undefined;
    },
  };
  const occupant = await factory?.({ kind: "javacard-exerciser", ATR: "3B00" }, slot);
  const card = inSlot;
  expect(toHex((await card?.powerOn()) ?? new Uint8Array(0))).toBe("3B00");
  const report = fromHex("8018000000");
  expect(toHex((await card?.transmit(report)) ?? new Uint8Array(0))).toMatch(/^0000000001/); // T=0, the first reset
  await occupant?.[Symbol.asyncDispose]();
  expect(inSlot).toBeUndefined();
  expect(await card?.transmit(report)).toBeNull();
});
