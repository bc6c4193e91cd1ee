import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message } from "../../protocol/messages/layouts.ts";
import { cardResponse, debitResponse, drawRequest, openBench, type PaymentBench } from "./test-bench.ts";

/** However many transactions fail in whatever way, at once: the security cards have counted what the database calls confirmed. */

const MERCHANTS = ["SHOP0001", "SHOP0005", "SHOP0006", "SHOP0007"] as const;
const NONE = new Uint8Array(0);
const CARD = {
  right: { CARDRSP: cardResponse(), SW: "9000" },
  wrong: { CARDRSP: cardResponse("BB".repeat(8)), SW: "9000" },
  "signed refusal": { CARDRSP: cardResponse("AA".repeat(8), "9401"), SW: "9000" },
  refused: { CARDRSP: NONE, SW: "9302" },
  mute: { CARDRSP: NONE, SW: "0000" },
} as const;

interface Story {
  readonly IDMER: (typeof MERCHANTS)[number];
  readonly card: keyof typeof CARD;
  /** How the head end goes on after its debit command. */
  readonly ends: "says it" | "hangs up" | "is silent" | "says it twice";
  readonly afterMs: number;
  readonly recovers: boolean;
}

const story: fc.Arbitrary<Story> = fc.record({
  IDMER: fc.constantFrom(...MERCHANTS),
  card: fc.constantFrom<Story["card"]>("right", "wrong", "signed refusal", "refused", "mute"),
  ends: fc.constantFrom<Story["ends"]>("says it", "says it", "says it twice", "hangs up", "is silent"),
  afterMs: fc.integer({ min: 0, max: 40_000 }),
  recovers: fc.boolean(),
});

async function tell(
  bench: PaymentBench,
  { IDMER, card, ends, afterMs, recovers }: Story,
  IDTRX: string,
): Promise<void> {
  await bench.clock.timer(afterMs % 3_000).elapsed;
  const headEnd = bench.connect();
  await headEnd.send(drawRequest({ IDMER, IDTRX }));
  if ((await headEnd.next())?.kind !== "debit-command") return;
  const said: Message =
    IDMER === "SHOP0006" || IDMER === "SHOP0007"
      ? { kind: "notice", IDTRX, CC: card === "right" ? "0000" : "9302", ...CARD[card] }
      : debitResponse({ IDTRX, ...CARD[card] });
  await bench.clock.timer(afterMs).elapsed;
  if (ends === "says it" || ends === "says it twice") await headEnd.send(said).catch(() => undefined);
  if (ends === "says it twice") await headEnd.send(said).catch(() => undefined);
  if (ends === "hangs up") await headEnd.channel[Symbol.asyncDispose]();
  await headEnd.served;
  if (!recovers) return;
  const again = bench.connect();
  await again.send(debitResponse({ IDTRX, ...CARD[card], RECOVERED: 1 }));
  await again.served;
}

test("money is conserved, whatever fails, and after a restart every debt is settled", async () => {
  const seeds = fc.record({
    stories: fc.array(story, { minLength: 1, maxLength: 12 }),
    // deaf: it has not heard; mute: it has done what it was asked, and nobody heard its answer
    lapses: fc.array(fc.constantFrom("none", "none", "deaf", "mute"), { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(seeds, async ({ stories, lapses }) => {
      const terminalIds = ["00000001", "00000002"];
      const bench = await openBench({ terminalIds });
      const { clock, database, terminals } = bench;
      terminals.delayMs = 100;
      const remaining = [...lapses];
      terminals.script = (message, honest) => {
        const lapse = remaining.shift();
        // a completion that nobody heard of leaves an unresolved transaction in the totals, for the recovery to find
        if (lapse === "mute" && message.kind !== "t-response") honest();
        return lapse === "deaf" || lapse === "mute" ? "silent" : honest();
      };
      const names = stories.map((_story, index) => (index + 1).toString(16).toUpperCase().padStart(32, "0"));
      await Promise.all(stories.map((each, index) => tell(bench, each, names[index] ?? "")));
      await bench[Symbol.asyncDispose]();

      terminals.script = (_message, honest) => honest();
      terminals.forgetAskers();
      await using after = await openBench({ clock, database, terminals, terminalIds });
      await after.server.recover();
      const rows = await database.transactions();
      const confirmed = rows.filter(({ status }) => status === "confirmed").map(({ IDTRX }) => IDTRX);
      expect([...terminals.counted].sort()).toEqual(confirmed.sort());
      expect(await database.transactionsOwing()).toEqual([]);
      const ended = new Set(["confirmed", "failed", "unresolved", "refused"]);
      expect(rows.filter(({ status }) => !ended.has(status))).toEqual([]);
      expect(after.server.pool.free).toHaveLength(2);
    }),
    { numRuns: 60 },
  );
}, 60_000);
