import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { seededRandom } from "../core/random.ts";
import { JavaRuntime } from "../lab/cards/java-runtime.ts";
import { cardData, testKeys } from "./fixtures.ts";
import { CardWalk } from "./testing/card-walk.ts";
import { TwinCards } from "./testing/twin-cards.ts";

const STEPS = 1000;

let runtime: JavaRuntime;
beforeAll(async () => {
  runtime = await JavaRuntime.open(deadlineIn(systemClock, 30_000));
}, 60_000);
afterAll(() => runtime[Symbol.asyncDispose]());

describe("the IEP applet and the reference card", () => {
  it.each(["specimen", "aes", "rsa", "empty", "blocked", "exhausted", "supplied"])(
    "give the same answers to the same commands, as the test card %s",
    async (name) => {
      const random = seededRandom(`walk of ${name}`);
      const twins = await TwinCards.make(runtime, cardData(name), testKeys());
      const walk = new CardWalk(twins, random);
      const before = twins.state.purse;
      for (let step = 0; step < STEPS; step++) {
        const command = walk.next();
        const { applet, reference } = await twins.send(command);
        expect(applet, `step ${step}: ${toHex(command)}`).toBe(reference);
        if (step % 50 === 49) expect((await twins.reset()).applet).toMatch(/9000$/);
      }
      const done = twins.state.purse.NTIEP - before.NTIEP;
      if (before.lifeCycle === "issued" && before.NTIEP < 0xffff) expect(done).toBeGreaterThan(5);
      else expect(done).toBe(0);
    },
    120_000,
  );
});
