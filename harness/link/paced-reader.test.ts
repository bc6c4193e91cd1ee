import { expect, test } from "vitest";
import { fromHex } from "../core/bytes.ts";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import { pacedReader } from "./paced-reader.ts";

test("a debit takes its time, every other command and the reset take none", async () => {
  const clock = new VirtualClock(new Date(0));
  const ATR = fromHex("3B80800101");
  const card = { powerOn: () => ATR, reset: () => ATR, transmit: () => fromHex("9000") };
  await using reader = pacedReader(virtualReader({ name: "reader", card }), clock, 300);
  const patience = () => deadlineIn(clock, 5_000);
  await using channel = await reader.connect(patience());
  await channel.transmit(fromHex("90520000"), patience());
  await channel.reset("warm", patience());
  expect(clock.monotonicMs()).toBe(0);
  expect(await channel.transmit(fromHex("90540100"), patience())).toEqual(fromHex("9000"));
  expect(clock.monotonicMs()).toBe(300);
});
