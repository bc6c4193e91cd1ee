import { expect, test } from "vitest";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";
import { countedLine } from "./counted-line.ts";

const soon = () => deadlineIn(systemClock, 1_000);

test("what was kept from before is dropped, and what is on its way is waited for", async () => {
  const [left, right] = byteStreamPair();
  await right.write(Uint8Array.of(9), soon());
  const { near, far, arrived } = countedLine(left, right, systemClock);
  const heard: number[] = [];
  near.onBytes((bytes) => heard.push(...bytes));
  far.onBytes((bytes) => heard.push(...bytes));
  void near.write(Uint8Array.of(1, 2, 3), soon());
  await arrived();
  expect(heard).toEqual([1, 2, 3]);
  await arrived();
});
