/** The head end's "debited" (636, 1114) is a setting of the bench: without it the user hears of the debit from the set-top box alone. */
import { expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { REFERENCE } from "../defects/variation.ts";
import { parseMessage } from "../protocol/messages/message.ts";
import { openStation } from "./index.ts";
import { countingRecord } from "./recorder.ts";

const { bench } = loadBench("inproc");

test.each([
  ["shop", true, 1],
  ["shop", false, 0],
  ["cable4", true, 1],
  ["cable4", false, 0],
  ["cable6", false, 0],
] as const)("at %s, set to %s: %i messages that the card was debited", async (SITE, announceDebit, due) => {
  const described = { ...bench, announceDebit };
  await using station = await openStation({ bench: described, iut: "card", variation: REFERENCE }, countingRecord());
  await using system = await station.systemFor("ANNOUNCE");
  const { outcome, events } = await system.purchase({ SITE });
  const told = events.flatMap((event) =>
    event.kind === "message" && event.link === "cable" ? [parseMessage(event.bytes).kind] : [],
  );
  expect(outcome.CC).toBe("0000");
  expect(told.filter((kind) => kind === "user-message")).toHaveLength(due);
});
