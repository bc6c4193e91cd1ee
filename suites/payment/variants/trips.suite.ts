/** [0060] to [0063]: how often the parties speak to each other. */
import type { LinkName } from "../../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { messagesOn } from "../support/observe.ts";
import { type Figure, family, plainSite } from "./figures.ts";
import { buy, expectBooked, needing } from "./variant.ts";

const LAN_HEADER = 4;

/** Templates on link 236, from the seed: two round trips in FIG 5 as in FIG 4, one in FIG 6 and 7 and the notice behind it. */
const ON_236 = {
  FIG5: ["EA", "EB", "EC", "ED"],
  FIG6: ["EA", "EB", "E0"],
  FIG7: ["EA", "EB", "E0"],
} as const satisfies Record<Figure["id"], readonly string[]>;

const ON_234 = ["POST /checkout", "200", "POST /status", "200"];
const ON_CABLE = ["E1", "E2", "E3", "EB", "EC", "E8"];
/** Packages; with COMPARE there is no COMMAND behind DEBIT. */
const AT_SAM = ["7000", "7001", "7201"];
const BASE_SAM = ["7000", "7001", "7200", "7400"];

const ONCE = {
  FIG5: "The other links carry what they carry in FIG 4, and the terminal hears nothing of the card's answer",
  FIG6: "Head end and payment server exchange one round trip, and the card's answer goes there only as a notice",
  FIG7: "Head end and payment server exchange one round trip, head end and merchant two",
} as const satisfies Record<Figure["id"], string>;

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-TRIPS-01`,
      suite: "payment",
      purpose: "Payment server, terminal and security card are done with a transaction after one round trip",
      requirements: figure.requirements.trips,
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, sites: [plainSite("psam")], links: ["line", "SAM"] }),
      async run(t) {
        const [requirement, noReturn = requirement] = figure.requirements.trips;
        const base = await t.system.purchase({ SITE: t.siteFor(plainSite("psam")).SITE });
        t.expect.completed(base);
        t.expect.equal("terminal's line in FIG 4", tagsOn(base, "line"), ["F1", "F2", "F3", "F4"]);
        t.expect.equal("commands to the PSAM in FIG 4", packagesIn(base), BASE_SAM);
        const seen = await buy(t, figure);
        t.expect.completed(seen, { requirement });
        t.expect.equal("messages on the terminal's line", tagsOn(seen, "line"), ["F1", "F2"], { requirement });
        t.expect.equal("commands to the PSAM", packagesIn(seen), AT_SAM, { requirement: noReturn });
        await expectBooked(t, seen.outcome.IDTRX ?? "", "confirmed", "released", { requirement });
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-TRIPS-02`,
      suite: "payment",
      purpose: ONCE[figure.id],
      requirements: [...figure.requirements.trips, ...figure.requirements.debited],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236"] }),
      async run(t) {
        const about = { requirement: figure.requirements.trips.at(-1) ?? "" };
        const seen = await buy(t, figure);
        t.expect.completed(seen, about);
        t.expect.equal("messages on link 236", tagsOn(seen, "236"), ON_236[figure.id], about);
        t.expect.equal("messages on link 234", requestsOn234(seen), ON_234, about);
        const cable = tagsOn(seen, "cable").filter((tag) => tag !== "E7"); // "debited", which need not be said
        t.expect.equal("messages on the cable", cable, ON_CABLE, { requirement: figure.requirements.debited[0] });
      },
    }),
  ),
];

/** Template tags in their order. */
function tagsOn(seen: PurchaseObservation, link: LinkName): readonly string[] {
  return messagesOn(seen, link).map(({ bytes }) => tagAt(bytes, link === "LAN" ? LAN_HEADER : 0));
}

function tagAt(bytes: Uint8Array, at: number): string {
  return (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0");
}

/** INS and P1 of purse commands to the PSAM; selecting it anew is no part of a transaction. */
function packagesIn(seen: PurchaseObservation): readonly string[] {
  const commands = messagesOn(seen, "SAM", "terminal").filter(({ bytes }) => bytes[0] === 0x90);
  return commands.map(({ bytes }) => tagAt(bytes, 1) + tagAt(bytes, 2));
}

function requestsOn234(seen: PurchaseObservation): readonly string[] {
  return messagesOn(seen, "234").map((event) => firstWords(event));
}

/** Method and first part of the path, or the status. */
function firstWords({ bytes }: MessageEvent): string {
  const [head = ""] = new TextDecoder().decode(bytes).split("\n");
  return /^(POST \/[a-z]+|GET \/[a-z]*|\d+)/.exec(head)?.[0] ?? head;
}
