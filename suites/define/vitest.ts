/** Cases as vitest tests, with what Allure needs to group and explain them. */
import { attachment, description, epic, label, owner, step } from "allure-js-commons";
import { afterAll, beforeAll, describe, expect, inject, type TestContext, test } from "vitest";
import type { Clock } from "../../harness/core/clock.ts";
import { systemClock } from "../../harness/core/clock.ts";
import type { Describe } from "../../harness/evidence/event.ts";
import { discardEvents, type Recorder } from "../../harness/evidence/recorder.ts";
import { outcomeText } from "../../harness/evidence/verdict.ts";
import type { RecordEvent, Station } from "../../harness/flows/station.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { whyNotApplicable } from "./applicability.ts";
import type { Case, Scope } from "./case.ts";
import { executeCase, type Finished } from "./execute.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Somebody keeps what Allure is told: `vitest.allure.config.ts`. */
    allure: boolean;
  }
}

export interface RegisterOptions {
  /** Heading in the test report, e.g. "conformance, inproc". */
  readonly title: string;
  readonly cases: readonly Case[];
  readonly openStation: (record: RecordEvent) => Promise<Station>;
  readonly describe: Describe;
  readonly clock?: Clock;
  /** Tell Allure of each case and its exchanges, which takes a quarter of the time; as the configuration says when absent. */
  readonly allure?: boolean;
}

/** Time that vitest adds to a case's own deadline, so that the case's is the one that speaks. */
const GRACE_MS = 15_000;

/** Registers one test per case. The station is opened once for all of them and taken down at the end. */
export function registerCases(options: RegisterOptions): void {
  describe(options.title, () => {
    const allure = options.allure ?? inject("allure");
    let seen: RecordedEvent[] = [];
    let station: Station | undefined;
    let specimen: Scope["specimen"];
    const evidence = allure ? listening((event) => seen.push(event)) : discardEvents();
    beforeAll(async () => {
      station = await options.openStation(evidence.record);
      const preflight = await station.preflight();
      if (!preflight.ok) throw new Error(`${preflight.reason} (${preflight.owner}); to mend: ${preflight.mend}`);
      specimen = preflight.specimen;
    });
    afterAll(async () => await station?.[Symbol.asyncDispose]());
    for (const definition of options.cases) {
      const timeout = (definition.timeoutMs ?? 60_000) + GRACE_MS;
      test(`${definition.id} ${definition.purpose}`, { timeout }, async (context) => {
        if (!station) throw new Error("the station is not open");
        if (allure) await announce(definition); // first, so that it is there also after an early failure
        skipWhereNotApplicable(definition, { facts: station.facts, pics: undefined, specimen }, context);
        seen = [];
        const finished = await executeCase(definition, station, evidence, { clock: options.clock ?? systemClock });
        if (allure) await attachExchanges(seen, options.describe);
        judge(finished);
      });
    }
  });
}

async function announce(definition: Case): Promise<void> {
  await epic(definition.suite);
  await owner(definition.owner);
  await description(definition.purpose);
  await label("caseId", definition.id);
  for (const requirement of definition.requirements) await label("requirement", requirement);
}

function skipWhereNotApplicable(definition: Case, scope: Scope, context: TestContext): void {
  const reason = whyNotApplicable(definition, scope);
  if (reason !== undefined) context.skip(`not applicable: ${reason}`);
}

async function attachExchanges(events: readonly RecordedEvent[], words: Describe): Promise<void> {
  for (const event of events) {
    if (event.kind !== "message") continue;
    const title = `${event.step ? `${event.step} ` : ""}${event.from} → ${event.to} (${event.link})`;
    await step(title, async () => {
      const decoded = JSON.stringify(words(event.link, event.from, event.bytes), null, 2);
      await attachment("decoded", decoded, "application/json");
    });
  }
}

/** vitest knows only failed: the words say whether it is a fail of the IUT or something else. */
function judge(finished: Finished): void {
  const { outcome, owner: whose, reason, mend } = finished;
  const words = outcome === "pass" ? "pass" : `${outcomeText(outcome)} (${whose}): ${reason}${mend ? `; ${mend}` : ""}`;
  expect(words).toBe("pass");
}

/** Keeps nothing, but tells of each event that a station reports. */
function listening(onEvent: (event: RecordedEvent) => void): Recorder {
  const inner = discardEvents();
  return {
    ...inner,
    record: (event, moment, caseId) => {
      const recorded = inner.record(event, moment, caseId);
      onEvent(recorded);
      return recorded;
    },
  };
}
