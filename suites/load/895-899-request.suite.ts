/** Steps 895 to 899 (1095 to 1099) at the load server: the request is checked, logged, taken apart and put to the HSM. */
import { concat, fromHex } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { type Change, inElement, setTo } from "../payment/support/alter.ts";
import { logsOf } from "../payment/support/observe.ts";
import { during } from "../payment/support/payment.ts";
import { requestFields, textOf } from "./support/hsm.ts";
import { hsmFrames, theFrame } from "./support/observe.ts";
import { aboutOf, loadOnce } from "./support/one-load.ts";
import { creditIep, expectCardResponse } from "./support/own-load.ts";
import { answerWords, innerOf, OTHER_IDTRX, opening, ownRequest, requestBytes } from "./support/own-session.ts";
import { theInner } from "./support/page.ts";
import { BOTH, EVERY, forSources, onLab } from "./support/sources.ts";

/** DTHR in LOADINIT. */
const DTHR_AT = 11;

/** Ways in which a load request is none: each with one element altered. */
const MALFORMED: readonly (readonly [string, Change])[] = [
  ["whose amount is missing", inElement("LOADINIT", (value) => value.subarray(4))],
  ["whose LOADINIT is empty", inElement("LOADINIT", setTo(new Uint8Array(0)))],
  ["with one byte too many in LOADINIT", inElement("LOADINIT", (value) => concat(value, Uint8Array.of(0)))],
  ["with a currency that is no BCD", inElement("LOADINIT", (value) => patched(value, 5, 0xaa))],
  ["with a 13th month", inElement("LOADINIT", (value) => patched(value, DTHR_AT + 2, 0x13))],
  ["of another identifier within", inElement("LOADINIT", (value) => concat(value.subarray(0, 18), OTHER_IDTRX))],
  ["without S1", inElement("LOADRSP", (value) => value.subarray(0, 27))],
  ["with a card number that is no BCD", inElement("LOADRSP", (value) => patched(value, 4, 0xff))],
  ["with an answer to reset that is none", inElement("ATR", setTo(fromHex("0000")))],
  ["of a source that is none", inElement("SOURCE", setTo(Uint8Array.of(3)))],
];

export const cases: readonly Case[] = [
  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-895-01",
      suite: "load",
      purpose:
        "A load request in which any element is none is logged and refused before the HSM hears of it, and the right one still gets its load command",
      requirements: ["895-a", "895-b"],
      owner: "server",
      needs: { keys: true, links: ["234", "236", "HSM"], logs: ["load-server"] },
      async run(t) {
        const own = await ownRequest(t, source);
        const right = requestBytes(own);
        let number = 1;
        for (const [what, change] of MALFORMED) {
          const request = change(right);
          const message = opening(own, request, number++);
          const { value, events } = await during(t, () => t.system.loadSession([message]));
          t.expect.equal(`answer to a request ${what}`, answerWords(value[0]), "EE A001", aboutOf(source, "895-a"));
          t.expect.equal(
            `frames to the HSM for a request ${what}`,
            hsmFrames(events).length,
            0,
            aboutOf(source, "895-a"),
          );
          const entries = ["load-request-received", "load-request-refused"].map(
            (entry) => logsOf(events, "load-server", entry).length,
          );
          t.expect.equal(
            `log entries received and refused, of a request ${what}`,
            entries,
            [1, 1],
            aboutOf(source, "895-b"),
          );
          const [received] = logsOf(events, "load-server", "load-request-received");
          t.expect.equal("length in the log", received?.fields.length, request.length, aboutOf(source, "895-b"));
        }
        const [command] = await t.system.loadSession([opening(own, right, number++)]);
        const { LOADDATA } = innerOf(t, own, command, "load-command", aboutOf(source, "895-a"));
        const { data } = await creditIep(t, LOADDATA);
        expectCardResponse(t, own.offer, data, "0000", aboutOf(source, "895-a"));
      },
    }),
  ),

  ...forSources(onLab(EVERY, "FUND"), (source) =>
    defineCase({
      id: "LOAD-895-02",
      suite: "load",
      purpose: "Each load request is logged as received, with its length and identifier, before the HSM is asked",
      requirements: ["895-b"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "HSM"], logs: ["load-server"] },
      async run(t) {
        const about = aboutOf(source, "895-b");
        const { seen, keys } = await loadOnce(t, source);
        const { inner } = theInner(t, seen, "236", keys, "load-request", about);
        const [entry, ...more] = logsOf(seen, "load-server", "load-request-received");
        t.expect.equal("further entries load-request-received", more.length, 0, about);
        const first = t.expect.present("log entry load-request-received", entry, about);
        t.expect.equal("identifier in the log", first.IDTRX, keys.IDTRX, { ...about, at: first });
        t.expect.equal("length in the log", first.fields.length, inner.length, { ...about, at: first });
        const asked = theFrame(t, seen, "DM", about);
        t.expect.that(first.n < asked.event.n, "the request is logged before the HSM is asked", {
          ...about,
          at: first,
        });
      },
    }),
  ),

  ...forSources(onLab(EVERY, "BANK"), (source) =>
    defineCase({
      id: "LOAD-896-01",
      suite: "load",
      purpose:
        "Of each of two loads DM has just the elements that this card signed for this load, one by one, in the order of the list",
      requirements: ["896", "897-a", "0136-a"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "HSM"], cards: ["second"] },
      async run(t) {
        for (const [card, MLDA] of [
          ["specimen", 2500],
          ["second", 17],
        ] as const) {
          if (card === "second") await t.system.insertCard("second");
          const { seen, request } = await loadOnce(t, source, MLDA);
          const asked = theFrame(t, seen, "DM", aboutOf(source, "0136-a"));
          const at = { at: asked.event };
          const due = requestFields(t, request);
          t.expect.equal("length of DM's fields", asked.body.length, 162, { ...aboutOf(source, "0136-a"), ...at });
          let offset = 0;
          for (const [name, value] of due) {
            const said = asked.body.slice(offset, offset + value.length);
            t.expect.equal(`${name} in DM`, said, value, { ...aboutOf(source, "896"), ...at });
            offset += value.length;
          }
          t.expect.equal("all of DM", asked.body, textOf(due), { ...aboutOf(source, "897-a"), ...at });
          t.expect.completed(seen);
        }
      },
    }),
  ),

  ...forSources(onLab(BOTH, "FUND"), (source) =>
    defineCase({
      id: "LOAD-897-01",
      suite: "load",
      purpose:
        "In a load the HSM hears the two commands of a card at an automatic teller and no other, each answered under its own header",
      requirements: ["897-b", "899-b"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "HSM"] },
      async run(t) {
        const { seen } = await loadOnce(t, source);
        const frames = hsmFrames(seen);
        t.expect.equal(
          "codes on link HSM, in order",
          frames.map(({ code }) => code),
          ["DM", "DN", "DO", "DP"],
          aboutOf(source, "897-b"),
        );
        const headers = frames.map(({ header }) => header);
        t.expect.equal("header of DN", headers[1], headers[0], aboutOf(source, "899-b"));
        t.expect.equal("header of DP", headers[3], headers[2], aboutOf(source, "899-b"));
        t.expect.that(headers[0] !== headers[2], "each command has a header of its own", aboutOf(source, "899-b"));
        t.expect.completed(seen);
      },
    }),
  ),

  ...forSources(onLab(BOTH, "FUND"), (source) =>
    defineCase({
      id: "LOAD-899-01",
      suite: "load",
      purpose:
        "A load by the harness in the head end's place: the command comes in answer to the request, a repeated request gets none and no HSM is asked again",
      requirements: ["899-b", "880"],
      owner: "server",
      needs: { keys: true, links: ["234", "236", "HSM"] },
      async run(t) {
        const own = await ownRequest(t, source);
        const request = requestBytes(own);
        const { value: first, events } = await during(t, () =>
          t.system.loadSession([opening(own, request, 1), opening(own, request, 2)]),
        );
        t.expect.equal("answer to the same request again", answerWords(first[1]), "EE A004", aboutOf(source, "899-b"));
        t.expect.equal("DM frames", hsmFrames(events, "DM").length, 1, aboutOf(source, "899-b"));
        const { LOADDATA } = innerOf(t, own, first[0], "load-command", aboutOf(source, "880"));
        const { value: again, events: later } = await during(t, () => t.system.loadSession([opening(own, request, 3)]));
        t.expect.equal("answer on a new channel", answerWords(again[0]), "EE A004", aboutOf(source, "899-b"));
        t.expect.equal("frames to the HSM for it", hsmFrames(later).length, 0, aboutOf(source, "899-b"));
        const { data } = await creditIep(t, LOADDATA);
        expectCardResponse(t, own.offer, data, "0000", { ...aboutOf(source, "880"), owner: "card" });
      },
    }),
  ),
];

function patched(value: Uint8Array, at: number, byte: number): Uint8Array {
  return value.map((each, index) => (index === at ? byte : each));
}
