import { describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import type { HttpRequest } from "../device/network/http.ts";
import { encodeHsmCommand } from "../protocol/hsm/commands.ts";
import { encodeHsmFrame, parseHsmFrame } from "../protocol/hsm/frame.ts";
import { parseLoadPage } from "../protocol/messages/load-page.ts";
import { encodeMessage } from "../protocol/messages/message.ts";
import { questionOf, responseOf } from "./account-holder/http.ts";
import { servedKey } from "./hsm/keys.ts";
import { hsm } from "./hsm/model.ts";
import type { LoadRecord } from "./load-server/database/contracts.ts";
import type { Fresh, LoadEvent, LoadInput, LoadOutput } from "./load-server/effects.ts";
import { loadServer } from "./load-server/model.ts";
import { newThread } from "./load-server/phase.ts";
import { drive } from "./role.ts";
import {
  holderOf,
  IDACQ,
  LATER,
  LOADS,
  type LoadTranscript,
  NOW,
  nonceNamed,
  Teller,
} from "./testing/load-transcripts.ts";
import { bytesNamed, nonceOfNext, type Said, Script } from "./testing/transcripts.ts";

const PATHS: Readonly<Record<string, string>> = {
  "POST /load": "/load",
  "POST /load/card": "/load/card",
  "POST /load/amount": "/load/amount",
  "POST status URL": "/load/status",
};

/** ALGL of the transcript's card. */
function algorithmOf({ card }: LoadTranscript): 4 | 5 {
  return card === "aes" ? 5 : 4;
}

function settingsOf(transcript: LoadTranscript) {
  const name = { PPIEP: "000123", ALGL: algorithmOf(transcript), VKIEP: 1 };
  return {
    ...{ IDACQ, KLS: bytesNamed(transcript, "KLS"), currencies: [{ CURR: "0978", CEXP: 2 }] },
    cryptograms: [{ ...name, KML: transcript.values.KML ?? "" }],
  };
}

function requestOf({ name, session, form = {} }: Said): HttpRequest {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const headers: HttpRequest["headers"] = session === undefined ? type : { ...type, cookie: `session=${session}` };
  return { method: "POST", path: PATHS[name] ?? name, headers, body: new URLSearchParams(form).toString() };
}

describe.each(LOADS)("the transcript of a load, $figure", (transcript) => {
  it("is what the HSM answers", () => {
    const script = new Script(transcript, "HSM");
    const name = { PPIEP: "000123", ALGL: algorithmOf(transcript), VKIEP: 1 } as const;
    const served = [servedKey(name, bytesNamed(transcript, "MKL"))];
    const keys = { LMK: bytesNamed(transcript, "LMK"), KLS: bytesNamed(transcript, "KLS"), served };
    while (script.next !== undefined) {
      const [output] = hsm.handle(keys, { kind: "frame", bytes: script.hear(), today: NOW.slice(0, 8) }).outputs;
      script.expectSaid("hsm", output?.kind === "send" ? output.bytes : new Uint8Array(0));
    }
  });

  // on the direct path there is no link 234
  const onPages = transcript.direct ? undefined : it;
  onPages?.("is what the account holder makes of it", async () => {
    const http = new Script(transcript, "234");
    const page = transcript.messages.find(({ link, name }) => link === "cable" && name === "load-page");
    const teller = new Teller(transcript);
    while (http.next?.to === (transcript.source === "bank" ? "bank-server" : "load-server")) {
      const asked = questionOf(holderOf(transcript), requestOf(http.take()));
      if (!asked.ok) throw new Error("the account holder does not understand");
      const { status, body } = responseOf(await teller.answer(asked.question));
      const due = http.take();
      expect(status).toBe(due.status ?? 200);
      for (const [key, value] of Object.entries(due.parameters ?? {}))
        expect(body).toContain(`name="${key}" value="${value}"`);
      if (due.name !== "load page") continue;
      const parsed = parseLoadPage(body);
      if (!parsed.ok) throw new Error(parsed.reason);
      expect(toHex(encodeMessage({ kind: "load-page", ...parsed.page }))).toBe(page?.bytes);
    }
    const end = transcript.end === "loaded" ? "loaded" : "released";
    expect(teller.status).toBe(transcript.source === "bank" ? end : "held");
  });

  it("is what the load server makes of it", async () => {
    const link = new Script(transcript, "236");
    const HSM = new Script(transcript, "HSM");
    const teller = new Teller(transcript);
    let row: LoadRecord | undefined;
    let frames = 0;
    const fresh = (): Fresh => ({
      nonce: nonceNamed(transcript, "CONF"),
      layerNonce: nonceOfNext(link),
      challenge: transcript.values.challenge ?? "",
      now: frames > 0 ? LATER : NOW,
    });
    const perform = async (output: LoadOutput): Promise<LoadInput | undefined> => {
      const event = await performed(output);
      return event && { ...event, fresh: fresh() };
    };
    const performed = async (output: LoadOutput): Promise<LoadEvent | undefined> => {
      const { KMER, KSH, suite, source } = holderOf(transcript);
      switch (output.kind) {
        case "await-head-end":
          return { kind: "message", bytes: link.hear() };
        case "find-contract":
          return { kind: "contract", contract: { KMER, KSH, suite, source, active: true } };
        case "ask-fund":
          return { kind: "fund-answer", answer: await teller.answer(output.question) };
        case "find-authorised": {
          const terms = { MLDA: transcript.MLDA, CURRLDA: "0978", CEXPLDA: 2 };
          const IDIEP = transcript.card === "aes" ? "0000004722" : "0000004726";
          return { kind: "authorised", hold: { ACCOUNT: "ACC-0001", ...terms, PPIEP: "000123", IDIEP } };
        }
        case "register":
          row = {
            ...output.row,
            loadCommand: null,
            cardResponse: null,
            hsmResponse: null,
            booked: false,
            created: "",
            updated: "",
          };
          return { kind: "registered", isNew: true };
        case "update":
        case "settle":
          if (row !== undefined) row = { ...row, ...output.change };
          return output.kind === "settle" ? { kind: "row", row } : undefined;
        case "ask-hsm": {
          const header = frames.toString(16).toUpperCase().padStart(4, "0");
          frames += 1;
          const { command } = output;
          HSM.expectSaid(
            "load-server",
            encodeHsmFrame({ header, code: command.code, body: encodeHsmCommand(command) }),
          );
          return { kind: "hsm-answer", body: parseHsmFrame(HSM.hear())?.body };
        }
        case "send":
          link.expectSaid("load-server", output.bytes);
          return undefined;
        default:
          return undefined;
      }
    };
    // on the direct path a channel of its own comes before that of the load request
    for (let channels = transcript.direct ? 2 : 1; channels > 0; channels--) {
      await drive(loadServer, newThread(settingsOf(transcript)), { kind: "connected", fresh: fresh() }, perform);
    }
    link.expectOver();
    HSM.expectOver();
    expect(row?.status).toBe(transcript.end === "loaded" ? "loaded" : "not-loaded");
  });
});
