/** What the T=1 line adds to the terminal messages of one base purchase, in bytes and in time at 9600 8E1. */
import { loadBench } from "../bench/load.ts";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { MessageEvent, RecordedEvent } from "../flows/system.ts";
import type { Exchange } from "../link/exchange.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { t1Link } from "../link/t1-link.ts";
import { openStation } from "../station/index.ts";
import { countingRecord } from "../station/recorder.ts";
import { CHARACTER_MS, pacedLine } from "./paced-line.ts";

export interface LineCost {
  /** Bytes of T-draw, T-debit, T-response, T-result. */
  readonly messages: readonly number[];
  readonly messageBytes: number;
  /** All bytes of all blocks, both ways. */
  readonly lineBytes: number;
  /** `lineBytes` over `messageBytes`. */
  readonly bytesRatio: number;
  /** Time of the line for the messages alone, without a gap. */
  readonly leastMs: number;
  /** From the first character of T-draw to the last one of T-result, terminal and PSAM at no cost. */
  readonly lineMs: number;
  readonly timeRatio: number;
  /** Bytes that opening the line takes, once. */
  readonly openingBytes: number;
}

const PATIENCE_MS = 60_000;

/** Buys once in process, then sends what passed between concentrator and terminal over a line with characters. */
export async function measureLine(): Promise<LineCost> {
  const dialogue = await terminalDialogue();
  const clock = new VirtualClock(new Date(0));
  const [concentratorEnd, terminalEnd] = pacedLine(clock);
  let bytes = 0;
  await using link = t1Link(concentratorEnd, clock, {
    onTraffic: (_, passed) => {
      bytes += passed.length;
    },
  });
  await using _terminal = serveT1(terminalEnd, reciting(dialogue), clock);
  await say(link, dialogue, clock);
  const first = bytes;
  const startedMs = clock.monotonicMs();
  await say(link, dialogue, clock);
  const lineBytes = bytes - first;
  const lineMs = clock.monotonicMs() - startedMs;
  const messages = dialogue.flatMap(([request, answer]) => [request.length, answer.length]);
  const messageBytes = messages.reduce((sum, length) => sum + length, 0);
  const leastMs = messageBytes * CHARACTER_MS;
  return {
    messages,
    messageBytes,
    lineBytes,
    bytesRatio: lineBytes / messageBytes,
    leastMs,
    lineMs,
    timeRatio: lineMs / leastMs,
    openingBytes: first - lineBytes,
  };
}

type Dialogue = readonly (readonly [request: Uint8Array, answer: Uint8Array])[];

async function terminalDialogue(): Promise<Dialogue> {
  const { bench } = loadBench("inproc");
  await using station = await openStation({ bench, iut: "card", variation: REFERENCE }, countingRecord());
  await using system = await station.systemFor("benchmark");
  const { outcome, events } = await system.purchase();
  if (outcome.CC !== "0000") throw new PursebenchError("INTERNAL", `the purchase ended with ${outcome.CC}`);
  const [draw, debit, response, result] = events.filter(isOnLine);
  if (!draw || !debit || !response || !result) throw new PursebenchError("INTERNAL", "fewer than 4 terminal messages");
  return [
    [draw.bytes, debit.bytes],
    [response.bytes, result.bytes],
  ];
}

function isOnLine(event: RecordedEvent): event is MessageEvent & RecordedEvent {
  return event.kind === "message" && event.link === "line";
}

async function say(link: Exchange, dialogue: Dialogue, clock: VirtualClock): Promise<void> {
  for (const [request] of dialogue) await link.exchange(request, deadlineIn(clock, PATIENCE_MS));
}

/** Gives the answers of `dialogue` in turn, at once. */
function reciting(dialogue: Dialogue): Exchange {
  let turn = 0;
  return {
    async exchange() {
      const answer = dialogue[turn++ % dialogue.length]?.[1];
      if (!answer) throw new PursebenchError("INTERNAL", "nothing to recite");
      return answer;
    },
  };
}
