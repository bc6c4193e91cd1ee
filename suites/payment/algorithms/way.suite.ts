/** Certificates and session key on their way through the system: what is altered, missing or too much ends the purchase, and nothing moves. */
import { flipBit } from "../../../harness/core/bytes.ts";
import type { CardKind, LinkFault, PurchaseObservation } from "../../../harness/flows/system.ts";
import type { DebitCommand } from "../../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase, type Needs } from "../../define/case.ts";
import { behindHeader, type Change, inElement } from "../support/alter.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { apdusOn } from "../support/observe.ts";
import { BLOCK, CERTIFICATE, middle, SESSKEY } from "./certificate.ts";

const suite = "payment";
const ABOUT = { requirement: "ENC-0107-b" };
const PRESENT = 0x58;
const DEBIT_IEP = 0x54;
const NOT_SIGNED = "9422";
const MALFORMED = "A001";
const REFUSED = "9404";

/** Where the certificates of a draw pass, from the set-top box to the terminal. */
const UPWARD = [
  { link: "cable", from: "set-top-box", message: 0xe3 },
  { link: "236", from: "head-end", message: 0xea },
  { link: "LAN", from: "payment-server", message: 0xf1 },
  { link: "line", from: "concentrator", message: 0xf1 },
] as const satisfies readonly Pick<LinkFault, "link" | "from" | "message">[];

/** Where the security card's own pass, back to the set-top box. */
const DOWNWARD = [
  { link: "line", from: "terminal", message: 0xf2 },
  { link: "LAN", from: "concentrator", message: 0xf2 },
  { link: "236", from: "payment-server", message: 0xeb },
  { link: "cable", from: "head-end", message: 0xeb },
] as const satisfies readonly Pick<LinkFault, "link" | "from" | "message">[];

const CARDS: readonly CardKind[] = ["rsa", "specimen"];

/** Where time is dear one link of each direction stands for the others. */
const elsewhere = (isLeftOut: boolean): Needs => (isLeftOut ? { exhaustive: true } : {});

export const cases: readonly Case[] = [
  ...UPWARD.map((place, index) =>
    defineCase({
      id: `PAY-RSA-WAY-0${index + 1}`,
      suite,
      purpose: `Certificates altered on ${place.link} by the ${place.from} are refused by the security card, and nothing moves`,
      requirements: ["ENC-0107-b", "PAY-BASE-0078-b"],
      owner: "psam",
      needs: { cards: CARDS, links: [place.link, "236", "235"], ...elsewhere(place.link !== "236") },
      async run(t) {
        const bits = {
          "issuer's signature": middle("signature"),
          "card's modulus": CERTIFICATE * 8 + middle("modulus"),
        };
        for (const [what, bit] of Object.entries(bits)) {
          const altered = inElement("CERTS", (CERTS) => flipBit(CERTS, bit));
          await t.step(what, () => expectUndebited(t, place, altered, what, NOT_SIGNED));
        }
      },
    }),
  ),
  ...DOWNWARD.map((place, index) =>
    defineCase({
      id: `PAY-RSA-WAY-0${index + 5}`,
      suite,
      purpose: `What is altered on ${place.link} by the ${place.from} is refused by the card, and nothing moves`,
      requirements: ["ENC-0107-b"],
      owner: "card",
      needs: { cards: CARDS, links: [place.link, "235"], ...elsewhere(place.link !== "cable") },
      async run(t) {
        const changes: Readonly<Record<string, Change>> = {
          "the security card's certificate": inElement("PSAMCERT", (bytes) => flipBit(bytes, middle("subject"))),
          "the enciphered session key": inElement("SESSKEY", (bytes) => flipBit(bytes, (BLOCK / 2) * 8)),
          "its signature": inElement("SESSKEY", (bytes) => flipBit(bytes, SESSKEY * 8 - 1)),
        };
        for (const [what, change] of Object.entries(changes)) {
          await t.step(what, async () => {
            const seen = await expectUndebited(t, place, change, what, REFUSED);
            const last = apdusOn(seen, "235", PRESENT).at(-1)?.response;
            const SW = t.expect.present("the card's answer", last).bytes.slice(-2);
            t.expect.equal("the card's word", SW, Uint8Array.of(0x94, 0x22), { ...ABOUT, owner: "card" });
          });
        }
      },
    }),
  ),
  defineCase({
    id: "PAY-RSA-WAY-09",
    suite,
    purpose: "A draw request of a public key card without certificates, or of a secret key card with some, is refused",
    requirements: ["PAY-BASE-0078-b"],
    owner: "server",
    needs: { cards: ["rsa", "second", "specimen"], links: ["236", "line"] },
    async run(t) {
      const place = { link: "236", from: "head-end", message: 0xea } as const;
      const nobody = new Uint8Array(2 * CERTIFICATE).fill(1);
      await expectUndebited(t, place, withCerts(undefined), "no certificates", MALFORMED);
      await expectUndebited(t, place, withCerts(nobody), "certificates of nobody", MALFORMED, "second");
    },
  }),
  defineCase({
    id: "PAY-RSA-WAY-10",
    suite,
    purpose:
      "A debit command without the security card's certificate and key, or with them for a secret key card, does not reach the card",
    requirements: ["ENC-0107-b"],
    owner: "server",
    needs: { cards: ["rsa", "second", "specimen"], links: ["cable", "235"] },
    async run(t) {
      const place = { link: "cable", from: "head-end", message: 0xeb } as const;
      const nobody = { PSAMCERT: new Uint8Array(CERTIFICATE).fill(3), SESSKEY: new Uint8Array(SESSKEY).fill(1) };
      const none = { PSAMCERT: undefined, SESSKEY: undefined };
      for (const [what, change, kind] of [
        ["neither certificate nor key", none, "rsa"],
        ["no key", { SESSKEY: undefined }, "rsa"],
        ["certificate and key of nobody", nobody, "second"],
      ] as const) {
        const seen = await expectUndebited(t, place, inCommand(change), what, MALFORMED, kind);
        const told = apdusOn(seen, "235", PRESENT).length + apdusOn(seen, "235", DEBIT_IEP).length;
        t.expect.equal("commands of a debit to the card", told, 0, ABOUT);
      }
    },
  }),
];

type Place = Pick<LinkFault, "link" | "from" | "message">;

/** A purchase with that card and one message altered there: it ends with `CC`, nothing has moved, and the next ones pass. */
async function expectUndebited(
  t: CaseContext,
  place: Place,
  change: Change,
  what: string,
  CC: string,
  kind: CardKind = "rsa",
): Promise<PurchaseObservation> {
  await t.system.insertCard(kind);
  const before = await readAccounts(t);
  const act = place.link === "LAN" ? behindHeader(change) : change;
  const fault = t.system.disturb({ ...place, times: 1, act, what: `altered: ${what}` });
  const seen = await t.system.purchase();
  fault[Symbol.dispose]();
  t.expect.equal(`messages with ${what}`, fault.hits, 1, { owner: "bench" });
  t.expect.refused(seen, CC, ABOUT);
  t.expect.absent("goods or receipt for the user", seen.outcome.CONTENT, ABOUT);
  expectMoved(t, before, await readAccounts(t), 0, ABOUT);
  await expectNextPurchaseWorks(t, before, ABOUT);
  return seen;
}

/** The draw request with these certificates, or without any. */
function withCerts(CERTS: Uint8Array | undefined): Change {
  return (bytes) => {
    const message = parseMessage(bytes);
    return message.kind === "draw-request" ? encodeMessage({ ...message, CERTS }) : bytes;
  };
}

function inCommand(change: Partial<Pick<DebitCommand, "PSAMCERT" | "SESSKEY">>): Change {
  return (bytes) => {
    const message = parseMessage(bytes);
    return message.kind === "debit-command" ? encodeMessage({ ...message, ...change }) : bytes;
  };
}
