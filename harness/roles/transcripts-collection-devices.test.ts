import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { seededRandom } from "../core/random.ts";
import { encodeDelivery, parseDelivery } from "../protocol/messages/delivery.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { psam } from "./psam/model.ts";
import { createPsam } from "./psam/personalise.ts";
import { loadPsamData } from "./psam/psam-data.ts";
import { terminal } from "./terminal/model.ts";
import { createTerminal, EMPTY_MEMORY, type TerminalOutput } from "./terminal/state.ts";
import { COLLECTIONS, recordsOf } from "./testing/collection-transcripts.ts";
import { fixture, KEYS, Script } from "./testing/transcripts.ts";

const LINE = { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 2040, NTOT: 3 };

describe.each(COLLECTIONS)("the transcript of a collection, $figure", (transcript) => {
  const { IDTERM } = transcript;

  it("is made of messages that codecs read and write alike", () => {
    for (const { link, bytes = "" } of transcript.messages.filter((each) => each.link !== "SAM")) {
      if (bytes === "") continue;
      const delivery = link === "batch" ? parseDelivery(fromHex(bytes)) : undefined;
      if (delivery?.ok) expect(toHex(encodeDelivery(delivery.messages))).toBe(bytes);
      else {
        const message = parseMessage(fromHex(bytes));
        if (message.kind === "unrecognised") throw new Error(message.reason);
        expect(toHex(encodeMessage(message))).toBe(bytes);
      }
    }
  });

  it("is what the PSAM answers", () => {
    const script = new Script(transcript, "SAM");
    const data = loadPsamData(fixture("psams/psam-1.yaml"), "psam-1.yaml");
    const fresh = createPsam(data, KEYS, seededRandom("psam"));
    const memory = { ...fresh.memory, NTPSAM: recordsOf(transcript).length + 1, totals: [LINE] };
    let state = psam.handle({ ...fresh, memory }, { kind: "reset" }).state;
    while (script.next !== undefined) {
      const step = psam.handle(state, { kind: "command", bytes: script.hear() });
      const answer = step.outputs.find((output) => output.kind === "response")?.bytes ?? new Uint8Array(0);
      state = step.state;
      script.expectSaid("psam", answer);
    }
    const { totals, collection, NTCOL, NTUPD, blockedCards } = state.memory;
    expect({ totals, collection, NTCOL, NTUPD }).toEqual({ totals: [], collection: null, NTCOL: 1, NTUPD: 1 });
    expect(blockedCards).toContainEqual({ PPIEP: "000123", IDIEP: "0000004722" });
  });

  it("is what the terminal makes of it", () => {
    const line = new Script(transcript, "line");
    const SAM = new Script(transcript, "SAM");
    const records = recordsOf(transcript);
    const memory = { ...EMPTY_MEMORY, records, count: records.length };
    let state = createTerminal({ IDTERM, LOC: "00490089" }, memory);
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
