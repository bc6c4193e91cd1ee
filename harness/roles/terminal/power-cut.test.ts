import { expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { serveTerminal } from "./serve.ts";

const IDENTITY = "6F228408F050422D50534D31A516DF1003000123DF110400000001DF1F065053414D2D319000";
const READ_TOTALS = fromHex("FA07DF220400000001");

test("a power cut drops the message under way, and the answer of its security card", async () => {
  const clock = new VirtualClock(new Date("2026-01-15T12:00:00Z"));
  const pending: ((answer: Uint8Array) => void)[] = [];
  const terminal = serveTerminal({
    identity: { IDTERM: "00000001", LOC: "04900001" },
    clock,
    trace: () => undefined,
    psam: {
      exchange: (command) =>
        command[1] === 0xa4
          ? Promise.resolve(fromHex(IDENTITY))
          : new Promise((resolve) => {
              pending.push(resolve);
            }),
    },
  });
  const cut = terminal.exchange(READ_TOTALS, deadlineIn(clock, 60_000));
  const outcome = expect(cut).rejects.toMatchObject({ code: "DEVICE_LOST" });
  while (pending.length === 0) await Promise.resolve();
  await terminal.cutPower();
  expect(terminal.state.job).toBeUndefined();
  pending[0]?.(fromHex(`00012300000001000000012026011500${"9000"}`));
  await outcome;
  const next = terminal.exchange(READ_TOTALS, deadlineIn(clock, 60_000));
  while (pending.length === 1) await Promise.resolve();
  pending[1]?.(fromHex(`00012300000001000000012026011500${"9000"}`));
  expect(toHex(await next)).toBe("FB1ADF220400000001DF3C1000012300000001000000012026011500");
});
