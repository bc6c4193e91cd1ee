import type { CaseByHeader } from "../../device/virtual/virtual-card.ts";

const PATTERN = 0x12;
const WORK = 0x16;
const REPORT = 0x18;
const CLA_GATHER_MORE = 0x90;
const GET_RESPONSE = 0xc0;

/** What the exerciser's commands are over T=0, where P3 `00` says "no data" of those that may have some (`test-cards.md` 4). */
export const exerciserCase: CaseByHeader = ({ cla, ins, p3 }) => {
  if (cla === CLA_GATHER_MORE) return p3 === 0 ? 1 : 3;
  if (ins === GET_RESPONSE || ins === PATTERN || ins === REPORT) return 2;
  if (ins === WORK) return 1;
  return p3 === 0 ? 2 : 4;
};
