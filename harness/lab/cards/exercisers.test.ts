import fc from "fast-check";
import { expect, it } from "vitest";
import { concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { serveExerciser } from "../../roles/exerciser/serve.ts";
import { JavaRuntime } from "./java-runtime.ts";

const SELECT = fromHex("00A4040008F050422D4558453100");

/** Commands in all four cases with short lengths; what is likely to matter comes often. */
const command = fc
  .record({
    cla: fc.oneof({ weight: 8, arbitrary: fc.constant(0x80) }, fc.constantFrom(0x90, 0x00, 0xd0)),
    ins: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(0x10, 0x12, 0x14, 0x18, 0x1a, 0x1c) },
      fc.constantFrom(0x11, 0xc0, 0x50),
    ),
    p1p2: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.integer({ min: 0, max: 2_050 }),
      fc.integer({ min: 0x6000, max: 0x6fff }),
      fc.integer({ min: 0, max: 0xffff }),
    ),
    data: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 255 })),
    le: fc.oneof(fc.constant(undefined), fc.constant(0), fc.integer({ min: 0, max: 255 })),
  })
  .map(({ cla, ins, p1p2, data, le }) =>
    concat(
      Uint8Array.of(cla, ins),
      uintToBytes(p1p2, 2),
      data.length > 0 ? concat(Uint8Array.of(data.length), data) : data,
      le === undefined ? new Uint8Array(0) : Uint8Array.of(le),
    ),
  );
const fetch = fc.constantFrom(fromHex("00C0000000"), fromHex("00C0000001"), SELECT);
const script = fc.array(fc.oneof({ weight: 5, arbitrary: command }, fetch), { maxLength: 12 });

it("the exerciser of Java Card and the simulated one answer the same", { timeout: 60_000 }, async () => {
  await using runtime = await JavaRuntime.open(deadlineIn(systemClock, 30_000));
  await using applet = await runtime.newCard("exerciser");
  const simulated = serveExerciser({ clock: systemClock });
  const property = fc.asyncProperty(script, async (commands) => {
    await applet.powerOn();
    simulated.powerOn();
    for (const bytes of commands) {
      const [one, other] = [await applet.transmit(bytes), await simulated.transmit(bytes)];
      expect(one && toHex(one), toHex(bytes)).toBe(other && toHex(other));
    }
  });
  await fc.assert(property, { numRuns: 300 });
});
