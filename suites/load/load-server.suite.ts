/** What a load server is among the others ([0020], [0053], [0136]): where it may stand, whom it hears, and what a bank never has. */
import { toHex } from "../../harness/core/bytes.ts";
import { debitSecurity } from "../../harness/crypto/load-security.ts";
import { encodeHsmFrame, parseHsmFrame } from "../../harness/protocol/hsm/frame.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { during } from "../payment/support/payment.ts";
import { cardRequest, completionFields, requestFields, textOf } from "./support/hsm.ts";
import { hsmFrames, theFrame } from "./support/observe.ts";
import { loadOnce, type OneLoad } from "./support/one-load.ts";
import { answerWords } from "./support/own-session.ts";
import { theInner } from "./support/page.ts";
import { keysIn, secretsOf } from "./support/secrets.ts";
import { expectedS2 } from "./support/signatures.ts";
import { BOTH, EVERY, forSources, needing, onLab } from "./support/sources.ts";

/** S1 in REQ. */
const S1_AT = 96;

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-0053-01",
    suite: "load",
    purpose:
      "Whether the load server stands apart from the account holder or in it, it says the same messages in the same order, and has S3 verified",
    requirements: ["LS-0053-a"],
    owner: "server",
    needs: { ...BOTH.reduce((needs, source) => needing(source, needs), {}), keys: true, links: ["235", "236", "HSM"] },
    async run(t) {
      const about = { requirement: "LS-0053-a" };
      const told: string[][] = [];
      for (const source of BOTH) {
        const { seen } = await loadOnce(t, source, 150);
        t.expect.completed(seen, about);
        const said = seen.events.flatMap((event) => {
          if (event.kind !== "message" || (event.link !== "236" && event.link !== "HSM")) return [];
          const code = event.link === "HSM" ? parseHsmFrame(event.bytes)?.code : toHex(event.bytes.subarray(0, 1));
          return [`${event.from} ${code}`];
        });
        told.push(said);
        t.expect.that(said.includes("load-server DO"), "the load server has S3 verified", { ...about, actual: said });
      }
      t.expect.equal("messages on links 236 and HSM, pre-funded as from a bank", told[1], told[0], about);
    },
  }),

  defineCase({
    id: "LOAD-0053-02",
    suite: "load",
    purpose:
      "A load server takes no commands for its HSM from who is connected on link 236: they are refused and go nowhere",
    requirements: ["LS-0053-b", "HSM-0054-b"],
    owner: "server",
    needs: { keys: true, links: ["236", "HSM"] },
    async run(t) {
      const about = { requirement: "LS-0053-b" };
      const request = cardRequest(t);
      const fields = textOf(requestFields(t, request));
      const done = textOf(completionFields("0000", 12_500, "0000000000000000"));
      for (const [code, body] of [
        ["DM", fields],
        ["DO", fields + done],
        ["NC", ""],
      ] as const) {
        const frame = encodeHsmFrame({ header: "0001", code, body });
        const { value, events } = await during(t, () => t.system.loadSession([frame]));
        t.expect.oneOf(`answer to ${code} on link 236`, answerWords(value[0]), ["EE A001", "closed"], about);
        t.expect.equal(`frames to the HSM after ${code} on link 236`, hsmFrames(events).length, 0, about);
      }
    },
  }),

  ...forSources(
    onLab(
      EVERY.filter(({ source }) => source === "bank"),
      "BANK",
    ),
    (source) =>
      defineCase({
        id: "LOAD-0020-02",
        suite: "load",
        purpose:
          "The bank knows nothing of the load keys: nothing that it says, hears or logs holds one, and its own word is made with the contract key alone",
        requirements: ["LS-0020", "LS-0053-c"],
        owner: "server",
        needs: { keys: true, links: ["234", "235", "236"], logs: ["bank-server"] },
        async run(t) {
          const one = await loadOnce(t, source, 640);
          t.expect.completed(one.seen, { requirement: "LS-0020" });
          const { SECLOAD } = theInner(t, one.seen, "236", one.keys, "load-request").message;
          t.expect.equal("SECLOAD", SECLOAD && toHex(SECLOAD), expectedSecload(t, one), { requirement: "LS-0020" });
          const secrets = new Map([...secretsOf(t, one)].filter(([name]) => name !== "TSK"));
          const told = messagesOn(one.seen, "234").map(({ bytes }) => new TextDecoder().decode(bytes) + toHex(bytes));
          t.expect.equal("keys on link 234", keysIn(told.join(" "), secrets), [], { requirement: "LS-0053-c" });
          const logs = one.seen.events.filter((event) => event.kind === "log" && event.role === "bank-server");
          t.expect.equal("keys in the log of the bank", keysIn(JSON.stringify(logs), secrets), [], {
            requirement: "LS-0053-c",
          });
          const { S1 } = one.request.card;
          const signed = told.filter((text) => text.toUpperCase().includes(S1));
          t.expect.equal("messages on link 234 with the card's signature", signed.length, 0, {
            requirement: "LS-0020",
          });
        },
      }),
  ),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-0136-01",
      suite: "load",
      purpose:
        "Reached over a network, the HSM answers more than one request: what it says to another one is not taken for the answer to this load's",
      requirements: [source.source === "bank" ? "ALT-0136-a" : "ALT-0158-a", "899-b"],
      owner: "server",
      needs: { keys: true, links: ["235", "HSM"] },
      async run(t) {
        const about = { requirement: source.source === "bank" ? "ALT-0136-a" : "ALT-0158-a" };
        using fault = t.system.disturb({
          link: "HSM",
          from: "load-server",
          message: "DM",
          times: 1,
          act: (frame) => [ofAnother(frame), frame],
          what: "a request of another load, with a wrong S1, stands before it",
        });
        const { seen, request } = await loadOnce(t, source, 250);
        t.expect.equal("requests added", fault.hits, 1, { owner: "bench" });
        const answers = hsmFrames(seen, "DN");
        t.expect.equal(
          "the HSM's answers, in order",
          answers.map(({ body }) => body),
          ["01", `00${expectedS2(t, request, request.card.S1)}`],
          { owner: "bench" },
        );
        t.expect.completed(seen, about);
        t.expect.equal("S3 is asked about once", theFrame(t, seen, "DO", about).code, "DO", about);
      },
    }),
  ),
];

/** The same request under another header, whose S1 is another one. */
function ofAnother(frame: Uint8Array): Uint8Array {
  const parsed = parseHsmFrame(frame);
  if (parsed === undefined) return frame;
  const body = `${parsed.body.slice(0, S1_AT)}${"0".repeat(16)}${parsed.body.slice(S1_AT + 16)}`;
  return encodeHsmFrame({ ...parsed, header: "ZZZZ", body });
}

function expectedSecload(t: CaseContext, { page, request }: OneLoad): string {
  const { IDMER, IDTRX } = page;
  const KMER = t.keys.merchantKey(IDMER) ?? inconclusive(`no contract key of ${IDMER} is at hand`, "bench");
  const { MLDA, CURRLDA, CEXPLDA, DTHR } = request.init;
  const { PPIEP, IDIEP } = request.card;
  return toHex(debitSecurity(KMER, { IDMER, IDTRX, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, DTHR }));
}
