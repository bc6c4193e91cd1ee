import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { seededRandom } from "../core/random.ts";
import { JavaRuntime } from "../lab/cards/java-runtime.ts";
import { psamData, testKeys } from "./fixtures.ts";
import { PsamWalk } from "./testing/psam-walk.ts";
import { TwinPsams } from "./testing/twin-psams.ts";

const STEPS = 2000;

let runtime: JavaRuntime;
beforeAll(async () => {
  runtime = await JavaRuntime.open(deadlineIn(systemClock, 30_000));
}, 60_000);
afterAll(() => runtime[Symbol.asyncDispose]());

describe("the PSAM applet and the reference PSAM", () => {
  it.each(["1", "2", "3"])(
    "give the same answers to the same commands, walk %s",
    async (walkName) => {
      const twins = await TwinPsams.make(runtime, psamData("psam-1"), testKeys());
      const walk = new PsamWalk(twins, seededRandom(`walk ${walkName} of PSAMs`));
      for (let step = 0; step < STEPS; step++) {
        const command = walk.next();
        const { applet, reference } = await twins.send(command);
        expect(applet, `step ${step}: ${toHex(command)}`).toBe(reference);
        if (step % 100 === 99) expect((await twins.reset()).applet).toMatch(/9000$/);
      }
      const { NTPSAM, NTUPD, confirmed } = twins.state.memory;
      expect(NTPSAM).toBeGreaterThan(25);
      expect(NTUPD).toBeGreaterThan(10);
      expect(confirmed.order.flat().length).toBeGreaterThan(5);
    },
    120_000,
  );
});
