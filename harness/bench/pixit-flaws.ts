/** Where a PIXIT contradicts itself, or the PICS of the same device. */
import type { Pics } from "./pics.ts";
import type { PicsFlaw } from "./pics-flaws.ts";
import type { Pixit } from "./pixit-fields.ts";

type Item = keyof Pixit["specimen"];

/** Items of a role's own; `test` is everybody's. */
const ITEMS: Readonly<Record<NonNullable<Pixit["role"]>, readonly Item[]>> = {
  card: ["test", "PPIEP", "IDIEP", "SNIEP", "spendable", "transactions"],
  psam: ["test", "PPPSAM", "IDPSAM", "transactions"],
  reader: ["test", "reader", "slots"],
  terminal: ["test", "IDTERM", "IDPSAM", "baud"],
};

export function pixitFlaws(pixit: Pixit, pics: Pics | undefined): readonly PicsFlaw[] {
  return [...roleFlaws(pixit), ...(pics ? picsAgreement(pixit, pics) : [])];
}

function roleFlaws({ role, specimen }: Pixit): PicsFlaw[] {
  if (role === undefined) return [];
  return itemsOf(specimen)
    .filter((item) => !ITEMS[role].includes(item))
    .map((item) => at(item, `a ${role} has no ${item}: leave it out, or correct the role`));
}

function picsAgreement({ role, specimen }: Pixit, pics: Pics): PicsFlaw[] {
  if (role !== undefined && role !== pics.role) {
    return [{ path: ["role"], message: `the PICS is of a ${pics.role}: give the PIXIT of the same device` }];
  }
  if (pics.role === "terminal" && specimen.baud !== undefined && pics.claims.bauds) {
    if (!pics.claims.bauds.includes(specimen.baud)) return [at("baud", "the PICS does not claim this rate (T.2)")];
  }
  if (pics.role === "reader" && (specimen.slots ?? 0) > (pics.claims.slots ?? 255)) {
    return [at("slots", `the PICS claims ${pics.claims.slots} (R.1)`)];
  }
  return [];
}

function itemsOf(specimen: Pixit["specimen"]): readonly Item[] {
  return Object.keys(specimen).map((name) => name as Item);
}

function at(item: Item, message: string): PicsFlaw {
  return { path: ["specimen", item], message };
}
