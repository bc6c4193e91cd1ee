import { type CommandHeader, command } from "./header.ts";

/** SUPPLY of a test card (`test-cards.md` 2): P1 names the item. Known to a blank applet only. */
const SUPPLY: Pick<CommandHeader, "cla" | "ins"> = { cla: 0x80, ins: 0xd0 };

/** Items of both applets (P1). */
export const SUPPLY_IEP = { serialNumber: 0x01, updateKey: 0x02, purse: 0x03, keys: 0x04, rsa: 0x05 } as const;
export const SUPPLY_PSAM = {
  identity: 0x01,
  masterKey: 0x02,
  authority: 0x03,
  rsa: 0x04,
  currency: 0x05,
  blockedCard: 0x06,
} as const;

/** P1 of the command that closes SUPPLY for good, and the life cycles that it may leave the card in. */
export const SUPPLY_END = 0xff;
export const SUPPLIED_STATE = { supplied: 0x01, issued: 0x02, blocked: 0x03 } as const;

/** One item. `part`: P2. No answer data. */
export function encodeSupply(item: number, data: Uint8Array, part = 0): Uint8Array {
  return command({ ...SUPPLY, p1: item, p2: part }, data);
}
