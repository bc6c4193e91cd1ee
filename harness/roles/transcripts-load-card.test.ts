import { describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import { seededRandom } from "../core/random.ts";
import { readLoadInit } from "../protocol/messages/load-init.ts";
import { parseLoadResponse } from "../protocol/messages/load-response.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { loadCardData } from "./card/card-data.ts";
import { cardCrypto } from "./card/crypto.ts";
import { loadRequestOf, loadSessionOf } from "./card/load-request.ts";
import { card } from "./card/model.ts";
import { createCard } from "./card/personalise.ts";
import type { CardState } from "./card/state.ts";
import { LOADS } from "./testing/load-transcripts.ts";
import { fixture, KEYS, Script } from "./testing/transcripts.ts";

const INITRSP_LENGTH = 27;
const R_LENGTH = 4;
const CLEAR = new Set(["cable", "236"]);

/** A card that has answered INITIALIZE IEP for load with the challenge of the transcript; its first signature is made again here. */
function initialised(state: CardState, LOADRSP: Uint8Array): CardState {
  if (state.session.kind !== "initialised-for-load") throw new Error("the card was not initialised for load");
  const { session, purse } = state;
  const asked = readLoadInit(Buffer.from(session.LOADINIT, "hex"));
  const parsed = parseLoadResponse(LOADRSP);
  if (!asked.ok || !parsed.ok) throw new Error("no load request");
  const S1 = toHex(cardCrypto.signS1(loadSessionOf(purse, loadRequestOf(parsed.value, asked.value))));
  expect(S1).toBe(toHex(LOADRSP.subarray(INITRSP_LENGTH)));
  return { ...state, session: { ...session, INITRSP: toHex(LOADRSP.subarray(0, INITRSP_LENGTH)), S1 } };
}

describe.each(LOADS)("the transcript of a load, $figure", (transcript) => {
  it("is made of messages that codecs read and write alike", () => {
    for (const { name, bytes = "" } of transcript.messages.filter(({ link }) => CLEAR.has(link))) {
      const message = parseMessage(Buffer.from(bytes, "hex"));
      expect(message.kind).toBe(name);
      if (message.kind !== "unrecognised") expect(toHex(encodeMessage(message))).toBe(bytes);
    }
  });

  it("is what the card answers", () => {
    const script = new Script(transcript, "235");
    const data = loadCardData(fixture(`cards/${transcript.card}.yaml`), transcript.card);
    let state = createCard(data, KEYS, seededRandom("card"));
    while (script.next !== undefined) {
      const { name } = script.next;
      const command = script.hear();
      if (script.next?.name === "no answer") {
        script.hear(); // the command never reached the card
        continue;
      }
      if (name === "INITIALIZE IEP") {
        // where the card was loaded elsewhere since its balance was read
        const { BALIEP, NTIEP } = transcript;
        state = { ...state, purse: { ...state.purse, BALIEP, NTIEP } };
      }
      const step = card.handle(state, { kind: "command", bytes: command });
      const answer = step.outputs.find((output) => output.kind === "response")?.bytes ?? new Uint8Array(0);
      state = step.state;
      if (name !== "INITIALIZE IEP") {
        script.expectSaid("card", answer);
        continue;
      }
      const LOADRSP = script.hear().subarray(0, -2);
      const before = INITRSP_LENGTH - R_LENGTH;
      expect(toHex(answer.subarray(0, before))).toBe(toHex(LOADRSP.subarray(0, before)));
      state = initialised(state, LOADRSP);
    }
    const loaded = transcript.end === "loaded" ? transcript.MLDA : 0;
    expect(state.purse.BALIEP).toBe(transcript.BALIEP + loaded);
  });
});
