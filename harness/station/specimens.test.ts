/** On the virtual lab: a run whose card is exchanged for another one between two cases. */
import { expect, test } from "vitest";
import { runCampaign } from "../../suites/define/campaign.ts";
import { defineDeviceCase } from "../../suites/define/case.ts";
import type { SimulatedCardKind } from "../bench/card-kinds.ts";
import { loadBench } from "../bench/load.ts";
import { systemClock } from "../core/clock.ts";
import { seededRandom } from "../core/random.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { EvidenceEvent } from "../evidence/event.ts";
import { discardEvents } from "../evidence/recorder.ts";
import type { ReaderSlot } from "../flows/devices.ts";
import { openStation } from "./index.ts";
import { type CardProgram, serveCardOverVpcd } from "./vpcd-card-program.ts";

const PORT = 36_917;

test("a card program that comes back as another card ends the verdicts; the bench was measured before", async () => {
  let program: CardProgram | undefined;
  const connect = async (kind: SimulatedCardKind) => {
    program = await serveCardOverVpcd("127.0.0.1", PORT, kind, seededRandom(kind));
  };
  const device = (id: string, run: (slot: ReaderSlot) => Promise<void>) =>
    defineDeviceCase({
      id,
      suite: "card",
      purpose: "is a card",
      requirements: ["CARD-0077-a"],
      owner: "card",
      async run({ devices, expect: judge }) {
        judge.equal(
          "SW of SELECT",
          (await (await devices.card()).apdu(Uint8Array.of(0, 0xa4, 4, 0, 0))).length > 0,
          true,
        );
        await run(devices.slot(0));
      },
    });
  const swap = async (slot: ReaderSlot) => {
    await program?.[Symbol.asyncDispose]();
    await slot.presence(false, 10_000);
    await connect("second");
    await slot.presence(true, 10_000);
  };
  const said: EvidenceEvent[] = [];
  const inner = discardEvents();
  const evidence = { ...inner, write: (event: EvidenceEvent) => said.push(event) };
  const { bench } = loadBench("virtual-lab", { card: `vpcd:${PORT}` });
  const tell = (text: string) => void (text.startsWith("Waiting") && connect("specimen"));
  const outcome = await runCampaign({
    cases: [device("CARD-A", async () => undefined), device("CARD-B", swap), device("CARD-C", async () => undefined)],
    station: () =>
      openStation({ bench, iut: "card", variation: REFERENCE, lab: `swap-${process.pid}`, tell }, evidence.record),
    evidence,
    clock: systemClock,
  });
  await program?.[Symbol.asyncDispose]();
  expect(outcome.cases.map(({ finished }) => finished.outcome)).toEqual(["pass", "pass", "inconc"]);
  const reason = outcome.cases[2]?.finished.reason;
  expect(reason).toMatch(
    /^the card was swapped: the run began with .*IDIEP 0000004711.* now there is .*IDIEP 00000047/,
  );
  const measured = said.find((event) => event.kind === "latencies");
  const latencies = measured?.kind === "latencies" ? measured.latencies : [];
  expect(latencies.map(({ link, samples }) => [link, samples])).toContainEqual(["235", 50]);
  for (const { minMs, medianMs, maxMs, resolutionMs } of latencies) {
    expect(minMs).toBeGreaterThan(0);
    expect(medianMs).toBeGreaterThanOrEqual(minMs);
    expect(maxMs).toBeGreaterThanOrEqual(medianMs);
    expect(resolutionMs).toBeGreaterThan(0);
  }
}, 120_000);
