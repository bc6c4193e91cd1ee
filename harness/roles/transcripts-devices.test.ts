import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { seededRandom } from "../core/random.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { loadCardData } from "./card/card-data.ts";
import { card } from "./card/model.ts";
import { createCard } from "./card/personalise.ts";
import type { CardState } from "./card/state.ts";
import { psamCrypto } from "./psam/crypto.ts";
import { createPsamRole } from "./psam/model.ts";
import { createPsam } from "./psam/personalise.ts";
import { loadPsamData } from "./psam/psam-data.ts";
import { terminal } from "./terminal/model.ts";
import { createTerminal, type TerminalOutput } from "./terminal/state.ts";
import { bytesNamed, fixture, KEYS, Script, TRANSCRIPTS, type Transcript } from "./testing/transcripts.ts";

const R_LENGTH = 4;

/** The card as it is after INITIALIZE IEP with the challenge of the transcript. */
function initialised(state: CardState, INITRSP: Uint8Array): CardState {
  return { ...state, session: { kind: "initialised", INITRSP: toHex(INITRSP) } };
}

/** A PSAM whose session keys for public key cards are those of the transcript. */
function psamOf(transcript: Transcript) {
  const role = createPsamRole({
    ...psamCrypto,
    sendSessionKey: (key, transport) =>
      psamCrypto.sendSessionKey(key, { ...transport, z: bytesNamed(transcript, "z") }),
  });
  const state = createPsam(loadPsamData(fixture("psams/psam-1.yaml"), "psam-1.yaml"), KEYS, seededRandom("psam"));
  return { role, state: role.handle(state, { kind: "reset" }).state };
}

describe.each(TRANSCRIPTS)("the transcript of $figure", (transcript) => {
  it("is made of messages that codecs read and write alike", () => {
    const messages = transcript.messages.filter(({ link }) => link === "cable" || link === "236" || link === "line");
    for (const { name, bytes = "" } of messages) {
      const message = parseMessage(fromHex(bytes));
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
      const step = card.handle(state, { kind: "command", bytes: script.hear() });
      const answer = step.outputs.find((output) => output.kind === "response")?.bytes ?? new Uint8Array(0);
      state = step.state;
      if (name !== "INITIALIZE IEP") {
        script.expectSaid("card", answer);
        continue;
      }
      const INITRSP = script.hear().subarray(0, -2);
      expect(toHex(answer.subarray(0, -R_LENGTH - 2))).toBe(toHex(INITRSP.subarray(0, -R_LENGTH)));
      state = initialised(state, INITRSP);
    }
  });

  it("is what the PSAM answers", () => {
    const script = new Script(transcript, "SAM");
    let { role, state } = psamOf(transcript);
    while (script.next !== undefined) {
      const step = role.handle(state, { kind: "command", bytes: script.hear() });
      const answer = step.outputs.find((output) => output.kind === "response")?.bytes ?? new Uint8Array(0);
      state = step.state;
      script.expectSaid("psam", answer);
    }
  });

  it("is what the terminal makes of it", () => {
    const line = new Script(transcript, "line");
    const SAM = new Script(transcript, "SAM");
    let state = createTerminal({ IDTERM: "00000001", LOC: "00490089" });
    const perform = (outputs: readonly TerminalOutput[]): void => {
      for (const output of outputs) {
        if (output.kind === "answer") line.expectSaid("terminal", output.bytes);
        if (output.kind !== "psam-apdu") continue;
        SAM.expectSaid("terminal", output.bytes);
        const step = terminal.handle(state, { kind: "psam-response", bytes: SAM.hear() });
        state = step.state;
        perform(step.outputs);
      }
    };
    while (line.next !== undefined) {
      const step = terminal.handle(state, { kind: "message", bytes: line.hear(), DTHR: "20260115123059" });
      state = step.state;
      perform(step.outputs);
    }
    SAM.expectOver();
  });
});
