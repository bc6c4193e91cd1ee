/** [0065], [0066]: who can read what, found out by trying, and what must not be readable to anybody. */
import { concat, toHex } from "../../harness/core/bytes.ts";
import { openExpected } from "../../harness/crypto/expected-signature.ts";
import type { MessageKind } from "../../harness/protocol/messages/layouts.ts";
import { theMessage, thePage } from "../payment/support/observe.ts";
import { debitOf } from "../payment/variants/variant.ts";
import { keysOf } from "./keys.ts";
import { openedOn, theOpened } from "./opened.ts";
import { buy, type Figure, overlayCases, type Topic, WITH_RESULTS } from "./overlay.ts";
import { opensSomehow, type Party, type Ring, readersOf, ringsOf } from "./rings.ts";
import { type SealedName, sealedParts } from "./sealed-parts.ts";
import { expectHidden, INTERNET, onLinks } from "./secrets.ts";

const BOTH_ENDS: readonly Party[] = ["merchant", "payment server"];
const SESSION: readonly Party[] = ["set-top box", "head end", "merchant", "payment server"];

/** Who can read which element; which elements there are depends on the figure. */
export const READERS: Readonly<Record<Figure["id"], Partial<Record<SealedName, readonly Party[]>>>> = {
  FIG4: { ETSK: BOTH_ENDS, SEALED: SESSION, CONF: BOTH_ENDS },
  FIG5: { ETSK: BOTH_ENDS, SEALED: SESSION, CONF: BOTH_ENDS },
  FIG6: { ETSK: BOTH_ENDS, SEALED: SESSION },
  FIG7: { ETSK: BOTH_ENDS, SEALED: SESSION, SEXP: BOTH_ENDS },
};

/** Messages on link 236 that the session key opens. */
const TWO_TRIPS: readonly MessageKind[] = ["draw-request", "debit-command", "debit-response", "debit-result"];
const ONE_TRIP: readonly MessageKind[] = ["draw-request", "debit-command", "notice"];

const SECRECY: readonly Topic[] = [
  {
    id: "0065-KEYS",
    purpose:
      "With every key of every party tried on everything that passes sealed, each party reads what the table of keys gives it, and no more",
    requirements: ["ENC-820-g", "ENC-808-c", "ENC-808-d", "ENC-802-e", "ENC-0116", "GEN-0164-g", "AMB-ETSK-PURPOSE"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["234", "235", "236", "cable", "line"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const keys = keysOf(t, seen, site, about);
      const found = readersOf(ringsOf(t, seen, keys), sealedParts(seen, keys), keys);
      t.expect.equal("who can read which element", found, READERS[site.figure], about);
    },
  },
  {
    id: "0065-NO-KEY",
    purpose: "No key of any party is in a message or a log, but for the session key on the page",
    requirements: ["ENC-802-e", "ENC-806-d", "ENC-810-d", "ENC-804-b"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["234", "235", "236", "cable", "line"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const { TSK, ...others } = allKeys(ringsOf(t, seen, keysOf(t, seen, site)));
      expectHidden(t, seen, others, undefined, about);
      const pages = new Set([thePage(t, seen).event.n, theMessage(t, seen, "cable", "page").event.n]);
      expectHidden(t, seen, { TSK: t.expect.present("session key", TSK) }, ({ n }) => !pages.has(n), about);
    },
  },
  {
    id: "0065-A",
    purpose: "Nothing that the messages with the payment server are about can be read on their way",
    requirements: ["ENC-0065-a", "ENC-810-b", "ENC-814"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["235", "236", "line"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const { INITRSP, DEBITDATA } = debitOf(t, seen, about);
      const { SECINFO } = thePage(t, seen).page;
      const amount = DEBITDATA.subarray(11, 18); // MPDA, CURRPDA, CEXPPDA as they stand in one piece
      const MPDA = concat(Uint8Array.of(0xdf, 0x13, 0x04), DEBITDATA.subarray(11, 15));
      const contents = { INITRSP, "the debit command": DEBITDATA.subarray(0, 45), SECINFO, "the amount": amount, MPDA };
      expectHidden(t, seen, contents, onLinks("236", "237"), about);
      const kinds = openedOn(seen, "236", keysOf(t, seen, site)).map(({ message }) => message.kind);
      const due = WITH_RESULTS.includes(site.figure) ? TWO_TRIPS : ONE_TRIP;
      t.expect.equal<readonly MessageKind[]>("messages on link 236 that the session key opens", kinds, due, about);
    },
  },
  {
    id: "0066-B",
    purpose: "The signatures S2 and S3 cross the networks enciphered",
    requirements: ["GEN-0066-b", "ENC-804-b", "AMB-TSK-STB", "ENC-818-a"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["234", "235", "236", "line"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const { DEBITDATA, due } = debitOf(t, seen, about);
      const S2 = DEBITDATA.subarray(45, 53);
      const S3 = Buffer.from(due, "hex").subarray(8);
      expectHidden(t, seen, { S2 }, onLinks(...INTERNET), about);
      // In FIG 7 the merchant gets the card's answer itself, within the session of 804.
      const open = site.figure === "FIG7" ? INTERNET.filter((link) => link !== "234") : INTERNET;
      expectHidden(t, seen, { S3 }, onLinks(...open), about);
    },
  },
  {
    id: "0115-B",
    purpose: "The expected signature travels under the derived key, so that the merchant alone can compare",
    requirements: ["ENC-0115-b"],
    owner: "server",
    figures: ["FIG7"],
    needs: { secretKeyCard: true, links: ["235", "236", "line"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const keys = keysOf(t, seen, site, about);
      const { message } = theOpened(t, seen, "236", keys, "debit-command", about);
      const SEXP = t.expect.present("SEXP in the debit command", message.SEXP, about);
      const opens = (KDER: Uint8Array) => openExpected({ suite: keys.suite, KDER }, keys.IDMER, keys.IDTRX, SEXP);
      const said = t.expect.present("SEXP opened with the derived key", opens(keys.KDER), about);
      t.expect.equal("EXPECTED in it", toHex(said.EXPECTED), debitOf(t, seen).due, about);
      t.expect.absent("SEXP opened with the session key", opens(keys.TSK), about);
      t.expect.absent("EXPECTED beside it", message.EXPECTED, about);
    },
  },
  {
    id: "0116",
    purpose:
      "Session C key is the session key and session M key the derived key: C opens with the one, M with the other",
    requirements: ["ENC-0116"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["235", "236", "line", "cable"] },
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      const outcome = {
        "session C key opens C": opensSomehow(keys.TSK, message.SEALED, keys),
        "session C key opens M": opensSomehow(keys.TSK, message.CONF, keys),
        "session M key opens C": opensSomehow(keys.KDER, message.SEALED, keys),
        "session M key opens M": opensSomehow(keys.KDER, message.CONF, keys),
      };
      const due = {
        "session C key opens C": true,
        "session C key opens M": false,
        "session M key opens C": false,
        "session M key opens M": true,
      };
      t.expect.equal("what opens with what", outcome, due, about);
    },
  },
];

export const cases = overlayCases(SECRECY);

/** By name; parties that share a key have the same one. */
export function allKeys(rings: ReturnType<typeof ringsOf>): Ring {
  return Object.fromEntries(Object.values(rings).flatMap((ring) => Object.entries(ring)));
}
