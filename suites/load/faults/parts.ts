/** The elements that a message of a load is made of on any link, so that each can be altered or exchanged by itself. */
import { type Part, partsOf as paymentParts, range } from "../../payment/faults/parts.ts";
import type { Word } from "./words.ts";

type Fields = readonly (readonly [name: string, bytes: number])[];

/** Lc, then LOADINIT. */
const LOADINIT: Fields = [
  ["header", 5],
  ["MLDA", 4],
  ["CURRLDA", 2],
  ["CEXPLDA", 1],
  ["IDACQ", 4],
  ["DTHR", 7],
  ["IDTRX", 16],
];
const LOADRSP: Fields = [
  ["PPIEP", 3],
  ["IDIEP", 5],
  ["ALGIEP", 1],
  ["DEXPIEP", 3],
  ["BALIEP", 4],
  ["CURRIEP", 2],
  ["CEXPIEP", 1],
  ["AMIEP", 1],
  ["NTIEP", 2],
  ["VKIEP", 1],
  ["R", 4],
  ["S1", 8],
  ["SW", 2],
];
const LOADDATA: Fields = [
  ["header", 5],
  ["MLDA", 4],
  ["CURRLDA", 2],
  ["CEXPLDA", 1],
  ["S2", 8],
];
const CARDRSP: Fields = [
  ["CC", 2],
  ["NTIEP", 2],
  ["BALIEP", 4],
  ["S3", 8],
  ["SW", 2],
];
/** Characters (`hsm-edge.md`). */
const REQUEST: Fields = [
  ["HEADER", 4],
  ["command", 2],
  ["KML", 32],
  ["PPIEP", 6],
  ["IDIEP", 10],
  ["DEXPIEP", 6],
  ["NTIEP", 4],
  ["MLDA", 8],
  ["CURRLDA", 4],
  ["CEXPLDA", 2],
  ["BALIEP", 8],
  ["IDACQ", 8],
  ["R", 8],
  ["S1", 16],
  ["VKIEP", 2],
  ["ALGL", 2],
  ["DTHR", 14],
  ["IDTRX", 32],
];
const ANSWER: Fields = [
  ["HEADER", 4],
  ["command", 2],
  ["error", 2],
];

const FIELDS: Readonly<Record<string, Fields>> = {
  "235-INIT": LOADINIT,
  "235-INIT-ANSWER": LOADRSP,
  "235-CREDIT": LOADDATA,
  "235-CREDIT-ANSWER": CARDRSP,
  "HSM-DM": REQUEST,
  "HSM-DN": [...ANSWER, ["S2", 16]],
  "HSM-DO": [...REQUEST, ["CC", 4], ["BALIEP after", 8], ["S3", 16]],
  "HSM-DP": [...ANSWER, ["HRES", 16]],
};

/** On 234 `message` is the body. Parts without a byte are left out, and what does not lie inside of the message. */
export function partsOf({ id, link, from }: Word, message: Uint8Array): readonly Part[] {
  const fields = FIELDS[id];
  // what an account holder answers is read as a merchant's page is
  if (fields === undefined)
    return paymentParts(link, link === "234" && from !== "head-end" ? "merchant" : from, message);
  let start = 0;
  return fields.flatMap(([name, bytes]) => {
    const end = start + bytes;
    const part = end <= message.length ? [range(name, message, start, end)] : [];
    start = end;
    return part;
  });
}
