/** Registers each recorded case as a vitest test whose outcome is its recorded verdict. */
import {
  attachment,
  description,
  epic,
  feature,
  label,
  owner,
  parameter,
  type StepContext,
  step,
  story,
  tag,
} from "allure-js-commons";
import { describe, type TestContext, test } from "vitest";
import type { CaseRecord, Exchange, RunRecord } from "../record/run-record.ts";
import { visible } from "../text/clean.ts";
import { duration } from "../text/format.ts";
import { endingOf } from "./outcome.ts";
import { headline, transcript } from "./transcript.ts";

/** Steps of a case that are shown one by one; the attachment has them all. */
const MOST_STEPS = 60;
/** Hex digits of a step's parameter. */
const LONGEST_HEX = 400;

export function registerRun(run: RunRecord): void {
  const suites = new Set(run.cases.map(({ suite }) => suite));
  for (const suite of suites) {
    describe(visible(suite), () => {
      for (const one of run.cases) if (one.suite === suite) registerCase(one, run);
    });
  }
}

function registerCase(one: CaseRecord, run: RunRecord): void {
  test(visible(`${one.id}: ${one.purpose}`), async (context: TestContext) => {
    await labels(one, run);
    await steps(one);
    const ending = endingOf(one);
    if (ending.kind === "skip") context.skip(ending.reason);
    if (ending.kind === "throw") throw ending.error;
  });
}

async function labels(one: CaseRecord, run: RunRecord): Promise<void> {
  await epic(`Conformance of the ${run.iut}`);
  await feature(visible(one.suite));
  await story(visible(one.requirements[0] ?? one.id));
  await label("pursebench-case", one.id);
  if (one.owner !== "") await owner(one.owner);
  for (const id of one.requirements) await tag(visible(id));
  await description(visible(descriptionOf(one)));
  await parameter("verdict", one.verdict, { excluded: true }); // else each verdict had a history of its own
  if (one.started !== "") await parameter("recorded duration", duration(one.durationMs), { excluded: true });
}

/** Markdown; recorded text goes into code spans and cannot become anything else. */
function descriptionOf(one: CaseRecord): string {
  const lines = [
    ["Purpose", one.purpose],
    ["Reason", one.reason],
    ["Expected", one.expected.join("; or ")],
    ["Observed", one.actual],
    ["To be mended by", one.verdict === "pass" ? "" : one.owner],
    ["Because", one.ownerBecause],
    ["How", one.mend],
  ] as const;
  return lines
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `**${name}:** \`${text.replaceAll("`", "'").replace(/\s+/g, " ")}\``)
    .join("\n\n");
}

async function steps(one: CaseRecord): Promise<void> {
  if (one.exchanges.length === 0) return;
  const messages = one.exchanges.filter(({ kind }) => kind === "message" || kind === "fault" || kind === "check");
  for (const exchange of messages.slice(-MOST_STEPS)) {
    await step(headline(exchange), (context) => parameters(context, exchange));
  }
  await attachment("Decoded exchanges", transcript(one), "text/plain");
}

async function parameters(context: StepContext, { bytes, n }: Exchange): Promise<void> {
  await context.parameter("evidence line", String(n));
  if (bytes === "") return;
  await context.parameter("bytes", bytes.length <= LONGEST_HEX ? bytes : `${bytes.slice(0, LONGEST_HEX)}…`);
}
