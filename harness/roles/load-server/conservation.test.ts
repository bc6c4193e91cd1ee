import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { hsmCrypto } from "../hsm/crypto.ts";
import { createHsm, type HsmRole, hsm } from "../hsm/model.ts";
import { LOAD } from "../hsm/testing/card.ts";
import { type HeadEnd, openBench, type Said, ScriptedHsm } from "./test-bench.ts";
import {
  asked,
  type CardTerms,
  cardAnswer,
  IDTRX,
  loadRecovery,
  loadRequest,
  loadResponse,
  NOTHING,
  negativeResult,
} from "./testing/parties.ts";

/** A head end that says whatever suits it, with all that a genuine card has signed: it never gets a word that is not true. */

/** What became of the card, and what it signs from then on. */
const WORLDS = {
  loaded: { answer: cardAnswer(), now: { NTIEP: 8, BALIEP: 12_500 } },
  refused: { answer: cardAnswer("940B"), now: {} },
  untouched: { answer: NOTHING, now: {} },
  // a load, and then a purchase of the same amount
  "loaded and spent": { answer: cardAnswer(), now: { NTIEP: 9, BALIEP: 10_000 } },
  "refused and spent": { answer: cardAnswer("940B"), now: { NTIEP: 8, BALIEP: 9_000 } },
} as const satisfies Record<string, { answer: Uint8Array; now: CardTerms }>;

type World = keyof typeof WORLDS;

/** What the head end has in its hands, and may alter. */
type Act =
  | "aa"
  | "aa-altered"
  | "aa-nothing"
  | "ab"
  | "ab-altered"
  | "ab-before"
  | "b0"
  | "b0-before"
  | "again"
  | "leave";
const ACTS: readonly Act[] = [
  ...(["aa", "aa-altered", "aa-nothing", "ab", "ab-altered", "ab-before"] as const),
  ...(["b0", "b0-before", "again", "leave"] as const),
];

/** CARDRSP with another CC; one of the head end's own making where the card gave none. */
function altered(answer: Uint8Array, CC: string): Uint8Array {
  if (answer.length === 0) return cardAnswer(CC, { S3: "0000000000000000" });
  const copy = answer.slice();
  copy.set(Buffer.from(CC, "hex"));
  return copy;
}

function messageOf(act: Act, world: World, CC: string, last: Said): Message | undefined {
  const { answer, now } = WORLDS[world];
  switch (act) {
    case "aa":
      return loadResponse(answer);
    case "aa-altered":
      return loadResponse(altered(answer, CC));
    case "aa-nothing":
      return loadResponse(NOTHING);
    case "ab":
      return negativeResult(answer, now);
    case "ab-altered":
      return negativeResult(altered(answer, CC), now);
    case "ab-before":
      return negativeResult(altered(answer, CC), {}); // signed before the load command was executed
    case "b0":
      return challengeResponse(last, now);
    case "b0-before":
      return { kind: "challenge-response", IDTRX, LOADRSP: asked({ MLDA: 0, R: "0BADCAFE" }).LOADRSP };
    case "again":
      return loadRequest();
    default:
      return undefined;
  }
}

/** What the card signs for the challenge that came last. */
function challengeResponse(last: Said, now: CardTerms): Message | undefined {
  if (last?.kind !== "load-challenge") return undefined;
  const hex = toHex(last.LOADINIT);
  const own = { MLDA: 0, R: "0BADCAFE", DTHR: hex.slice(22, 36), IDTRX: hex.slice(36), ...now };
  return { kind: "challenge-response", IDTRX, LOADRSP: asked(own).LOADRSP };
}

const anyAct = fc.record({ act: fc.constantFrom(...ACTS), CC: fc.constantFrom("0000", "9409", "940B") });

const anyWorld = fc.constantFrom(...(Object.keys(WORLDS) as World[]));

const said = (...acts: readonly Act[]) => acts.map((act) => ({ act, CC: "940B" }));

/** One for each end that there is, and an old answer to a challenge. */
const EXAMPLES: [World, ReturnType<typeof said>][] = [
  ["loaded", said("aa")],
  ["loaded", said("aa-altered", "aa-altered")],
  ["refused", said("ab")],
  ["untouched", said("aa-nothing", "b0")],
  ["loaded", said("aa-nothing", "b0-before")],
];

/** Plays worlds and head ends against a load server with that HSM; what came of it: "world: status". */
async function play(role: HsmRole): Promise<ReadonlySet<string>> {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyWorld, fc.array(anyAct, { maxLength: 8 }), async (world, acts) => {
      await using bench = await openBench({ hsm: new ScriptedHsm(role) });
      let headEnd: HeadEnd | undefined = bench.connect();
      let last: Said = await headEnd.say(loadRequest());
      for (const { act, CC } of acts) {
        // a channel that has ended is followed by a recovery
        if (headEnd === undefined || act === "leave") {
          await headEnd?.hangUp();
          headEnd = bench.connect();
          const { answer } = WORLDS[world];
          last = await headEnd.say(loadRecovery(CC === "9409" ? altered(answer, CC) : answer));
        } else {
          const message = messageOf(act, world, CC, last);
          if (message !== undefined) last = await headEnd.say(message);
        }
        if (last === null || last.kind === "result" || (last.kind === "refusal" && last.CC === "A01A"))
          headEnd = undefined;
        if (last !== null && "confirmation" in last) {
          const isLoaded = world.startsWith("loaded");
          expect([world, last.CC === "0000"]).toEqual([world, isLoaded]);
          expect(last.confirmation).toMatchObject({ CC: last.CC, MLDA: LOAD.MLDA });
        }
      }
      const status = await bench.status();
      outcomes.add(`${world}: ${status}`);
      expect(status).not.toBe(world.startsWith("loaded") ? "not-loaded" : "loaded");
    }),
    { numRuns: 150, seed: 4711, examples: EXAMPLES },
  );
  return outcomes;
}

test("whatever is said: never loaded when the card was not, never not loaded when it was", async () => {
  const outcomes = await play(hsm);
  for (const seen of ["loaded: loaded", "refused: not-loaded", "untouched: not-loaded", "loaded: unresolved"]) {
    expect(outcomes).toContain(seen);
  }
});

test("it would be seen if the HSM took any S3, or any S1", async () => {
  await expect(play(createHsm({ ...hsmCrypto, isS3: () => true }))).rejects.toThrow("Property failed");
  await expect(play(createHsm({ ...hsmCrypto, isS1: () => true }))).rejects.toThrow("Property failed");
});
