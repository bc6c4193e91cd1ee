/** APDUs over a reader that carries TPDUs: what goes down, and what comes up (ISO/IEC 7816-3, 12.2). */
import { expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { codeOf, soon } from "../device/card-reader.contract.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import { wholeApdus } from "./whole-apdus.ts";

const T0 = "3B00";
const T1 = "3B800181";

/** A card behind such a reader: answers in turn, the last one for ever, and what it was sent. */
function tpduCard(atr: string, answers: readonly string[]): { readonly card: VirtualCard; readonly sent: string[] } {
  const sent: string[] = [];
  const card: VirtualCard = {
    powerOn: () => fromHex(atr),
    reset: () => fromHex(atr),
    transmit: (tpdu) => {
      sent.push(toHex(tpdu));
      return fromHex(answers[Math.min(sent.length, answers.length) - 1] ?? "");
    },
  };
  return { card, sent };
}

async function exchange(atr: string, command: string, answers: readonly string[]) {
  const { card, sent } = tpduCard(atr, answers);
  await using reader = wholeApdus(virtualReader({ name: "virtual", card }));
  await using channel = await reader.connect(soon());
  const answer = channel.transmit(fromHex(command), soon());
  return { sent, answer: await answer.then(toHex, (thrown: unknown) => codeOf(Promise.reject(thrown))) };
}

const DEBIT = "9054010002AABB";

it.each([
  ["case 1 has P3 00", "90500100", ["9000"], ["9050010000"], "9000"],
  ["case 2", "905C000003", ["0102039000"], ["905C000003"], "0102039000"],
  [
    "case 2 with 6Cxx: once more with that Le",
    "905C000000",
    ["6C02", "01029000"],
    ["905C000000", "905C000002"],
    "01029000",
  ],
  [
    "case 2 with 6Cxx and a smaller Le is cut",
    "905C000001",
    ["6C02", "01029000"],
    ["905C000001", "905C000002"],
    "019000",
  ],
  ["6Cxx twice is an answer", "905C000000", ["6C02"], ["905C000000", "905C000002"], "6C02"],
  ["case 3", DEBIT, ["9000"], [DEBIT], "9000"],
  ["case 4 goes without Le; GET RESPONSE", `${DEBIT}02`, ["6102", "01029000"], [DEBIT, "00C0000002"], "01029000"],
  [
    "GET RESPONSE as often as needed",
    `${DEBIT}00`,
    ["6103", "01026101", "039000"],
    [DEBIT, "00C0000003", "00C0000001"],
    "0102039000",
  ],
  [
    "GET RESPONSE with 6Cxx",
    `${DEBIT}00`,
    ["6100", "6C02", "01029000"],
    [DEBIT, "00C0000000", "00C0000002"],
    "01029000",
  ],
  ["a warning in front of the answer's end", `${DEBIT}00`, ["6102", "01026282"], [DEBIT, "00C0000002"], "01026282"],
  ["fewer bytes than P3", "905C000003", ["016282"], ["905C000003"], "016282"],
  ["a card that promises for ever", `${DEBIT}00`, ["6104"], [DEBIT, "00C0000004"], "6104"],
  ["a refused command", `${DEBIT}00`, ["6985"], [DEBIT], "6985"],
  ["more than was asked for", "905C000001", ["01029000"], ["905C000001"], "DEVICE_GARBLED"],
  ["an answer that is none", "905C000001", ["6000"], ["905C000001"], "DEVICE_GARBLED"],
  ["bytes that are no command", "905401000300", ["9000"], [], "PROTOCOL"],
  ["an instruction that would be a status", "9060000000", ["9000"], [], "PROTOCOL"],
] as const)("over T=0: %s", async (_, command, answers, sent, answer) => {
  expect(await exchange(T0, command, answers)).toEqual({ sent, answer });
});

it("leaves a card that speaks T=1 alone", async () => {
  expect(await exchange(T1, `${DEBIT}02`, ["6102"])).toEqual({ sent: [`${DEBIT}02`], answer: "6102" });
});
