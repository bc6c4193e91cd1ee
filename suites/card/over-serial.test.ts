/** Cases of the suite `card` on cards in an interface at a serial port, over T=0 and over T=1: what needs no hand passes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { systemClock } from "../../harness/core/clock.ts";
import { systemRandom } from "../../harness/core/random.ts";
import { REFERENCE } from "../../harness/defects/variation.ts";
import { discardEvents } from "../../harness/evidence/recorder.ts";
import { openSerialInterface } from "../../harness/lab/serial-interface.ts";
import { serveSerialCard } from "../../harness/link/serial-card/serve-card.ts";
import { simulatedCard } from "../../harness/station/cards.ts";
import { testKeys } from "../../harness/station/fixtures.ts";
import { openStation } from "../../harness/station/index.ts";
import { runCampaign } from "../define/campaign.ts";
import { cases } from "./index.ts";

const RUN = [
  "CARD-TRANS-02",
  "CARD-LEN-GET-BALANCE",
  "CARD-LEN-MALFORMED",
  "CARD-RESET-PURCHASE",
  "CARD-S3-01",
  "CARD-PREC-OF-BLOCKED",
];

/** Those that do not apply: about T=1, or about a card that somebody would have to put in. */
it.each([
  ["t0", ["CARD-LEN-MALFORMED", "CARD-PREC-OF-BLOCKED"]],
  ["specimen", ["CARD-PREC-OF-BLOCKED"]],
] as const)(
  "a card of the kind %s is certified over a serial interface",
  { timeout: 120_000 },
  async (kind, others) => {
    const directory = await mkdtemp(join(tmpdir(), "pursebench-serial-"));
    try {
      await using line = await openSerialInterface(join(directory, "card"));
      const purse = simulatedCard(kind, { keys: testKeys(), random: systemRandom });
      await using _card = serveSerialCard(line.socket, purse, systemClock);
      line.setPresent(true);
      const { bench } = loadBench("usb-example", { card: `serial:${line.path}`, psam: "sim" });
      const alone = { ...bench, terminals: bench.terminals.slice(0, 1) };
      const evidence = discardEvents();
      const { cases: done } = await runCampaign({
        cases: cases.filter(({ id }) => RUN.includes(id)),
        station: () => openStation({ bench: alone, iut: "card", variation: REFERENCE }, evidence.record),
        evidence,
        clock: systemClock,
      });
      const ends = done.map(({ definition: { id }, finished: { outcome, reason } }) => ({ id, outcome, reason }));
      const odd = ends.filter(({ outcome }) => outcome !== "pass");
      expect(odd.map(({ id, outcome, reason }) => (outcome === "notApplicable" ? id : `${id}: ${reason}`))).toEqual(
        others,
      );
      expect(ends).toHaveLength(RUN.length);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);
