/** Steps 879 and 880 (1079, 1080): the load server holds a load command of its HSM and sends it, whole, to the head end. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { hsmFrames, theFrame } from "./support/observe.ts";
import { aboutOf, loadOnce } from "./support/one-load.ts";
import { allInner, theInner } from "./support/page.ts";
import { expectedS1, expectedS2 } from "./support/signatures.ts";
import { EVERY, forSources, onLab } from "./support/sources.ts";

export const cases: readonly Case[] = [
  ...forSources(onLab(EVERY, "BANK", "FUND-DES", "FUND-DIRECT"), (source) =>
    defineCase({
      id: "LOAD-879-01",
      suite: "load",
      purpose:
        "The load server asks its HSM once, after the load request, and sends the HSM's S2 with the user's amount in one load command",
      requirements: ["879-a", "879-b", "880", "899-a", "899-b"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "HSM"] },
      async run(t) {
        const { seen, keys, request } = await loadOnce(t, source);
        const asked = theFrame(t, seen, "DM", aboutOf(source, "879-a"));
        const answer = theFrame(t, seen, "DN", aboutOf(source, "899-b"));
        const about = { ...aboutOf(source, "899-a"), at: answer.event };
        t.expect.matches("what the HSM answers", answer.body, /^00[0-9A-F]{16}$/, about);
        const opening = theInner(t, seen, "236", keys, "load-request", aboutOf(source, "879-a"));
        const commands = allInner(seen, "236", keys, "load-command");
        t.expect.equal("load commands on link 236", commands.length, 1, aboutOf(source, "880"));
        const command = theInner(t, seen, "236", keys, "load-command", aboutOf(source, "880"));
        t.expect.equal(
          "LOADDATA: amount, currency and exponent of the request, S2 of the HSM",
          toHex(command.message.LOADDATA),
          toHex(request.LOADINIT.subarray(0, 7)) + answer.body.slice(2),
          { ...aboutOf(source, "879-b"), at: command.event },
        );
        const order = [opening.event, asked.event, answer.event, command.event].map(({ n }) => n);
        const sorted = [...order].sort((left, right) => left - right);
        t.expect.equal("load request, DM, DN, load command: order", order, sorted, aboutOf(source, "899-b"));
        t.expect.completed(seen);
      },
    }),
  ),

  ...forSources(onLab(EVERY, "BANK-DES"), (source) =>
    defineCase({
      id: "LOAD-879-02",
      suite: "load",
      purpose:
        "S1 and S2 of a load are those that the load key of this very card gives over this very load: card and HSM of its issuer alone can make them",
      requirements: ["879-c", "879-d", "898-b", "898-c", "HSM-0054-e", "HSM-0054-f"],
      owner: "server",
      needs: { keys: true, links: ["235", "236", "HSM"] },
      async run(t) {
        const { seen, request } = await loadOnce(t, source, 1234);
        const { card } = request;
        const ofCard = { requirement: "HSM-0054-f", owner: "card", at: request.event } as const;
        t.expect.equal("S1 of the card", card.S1, expectedS1(t, request), ofCard);
        const answer = theFrame(t, seen, "DN", aboutOf(source, "898-b"));
        t.expect.equal("S2 of the HSM", answer.body.slice(2), expectedS2(t, request, card.S1), {
          ...aboutOf(source, "879-d"),
          at: answer.event,
        });
        t.expect.equal("frames of the HSM with an error", failed(seen), 0, aboutOf(source, "898-c"));
        t.expect.completed(seen);
      },
    }),
  ),
];

function failed(seen: Parameters<typeof hsmFrames>[0]): number {
  return hsmFrames(seen).filter(({ event, body }) => event.from === "hsm" && !body.startsWith("00")).length;
}
