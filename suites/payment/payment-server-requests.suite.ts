/** [0048], [0091]: which draw requests the payment server takes, and which it turns away before a terminal is asked. */
import { flipBit, toHex } from "../../harness/core/bytes.ts";
import type { MessageEvent, RecordedEvent } from "../../harness/flows/system.ts";
import { type ElementName, elementSpec } from "../../harness/protocol/messages/elements.ts";
import { placesOf } from "../../harness/protocol/messages/layouts.ts";
import { parseTlv } from "../../harness/protocol/tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../../harness/protocol/tlv/write-tlv.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { initialise } from "./support/direct.ts";
import { logsOf, messagesOn, theLog, theMessage, thePage } from "./support/observe.ts";
import { drawRequestOf, during, orderItem, refusedByCard, terminalLink, theAnswer } from "./support/payment.ts";

/** A merchant that no acquirer has a contract with. */
const STRANGER = "ZZ999999";

/** The draw request is refused with that code, and no terminal hears of it. */
async function expectRefused(t: CaseContext, what: string, request: Uint8Array, CC: string, about: About) {
  const { link } = terminalLink(t);
  const { value, events } = await during(t, () => t.system.paymentSession([request]));
  const refusal = theAnswer(t, value[0], "refusal", about);
  t.expect.equal(`CC of the refusal of a draw request with ${what}`, refusal.CC, CC, about);
  const asked: readonly MessageEvent[] = messagesOn(events, link);
  t.expect.equal(`messages for terminals because of a draw request with ${what}`, asked.length, 0, {
    ...about,
    at: asked[0],
  });
  return events;
}

/** The request with its elements as `change` makes them; what gives nothing is left out. */
function withElements(
  request: Uint8Array,
  change: (tag: number, value: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const parsed = parseTlv(request);
  const [template] = parsed.ok ? parsed.nodes : [];
  if (!template) return request;
  const parts = (template.children ?? []).flatMap(({ tag, value }) => {
    const changed = change(tag, value);
    return changed ? [encodeTlv(tag, changed)] : [];
  });
  return encodeTemplate(template.tag, ...parts);
}

function withElement(request: Uint8Array, name: ElementName, change: (value: Uint8Array) => Uint8Array | undefined) {
  const own = elementSpec(name).tag;
  return withElements(request, (tag, value) => (tag === own ? change(value) : value));
}

/** The request made wrong in its form, with what is wrong about it. */
function malformed(request: Uint8Array): readonly (readonly [what: string, request: Uint8Array])[] {
  const found: [string, Uint8Array][] = [];
  for (const { name } of placesOf("draw-request").filter(({ optional }) => !optional)) {
    found.push([`no ${name}`, withElement(request, name, () => undefined)]);
    // an answer to reset may have many lengths; what is wrong in it is for the security card to say
    if (name !== "ATR") found.push([`${name} cut by a byte`, withElement(request, name, (value) => value.subarray(1))]);
  }
  found.push(
    ["another token", withElement(request, "TOKEN", () => Uint8Array.of(0xd2))],
    ["a decimal date that is none", withElement(request, "INITRSP", (value) => replaced(value, 9, 0xff))],
    ["its end missing", request.subarray(0, -1)],
    ["a byte too many", Uint8Array.from([...request, 0])],
    ["nothing in it", Uint8Array.of(0xea, 0x00)],
  );
  return found;
}

function replaced(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  return bytes.map((each, index) => (index === at ? byte : each));
}

/** One good draw request, worked off and refused by the card, so that no money moves. */
async function goodRequest(t: CaseContext): Promise<{ request: Uint8Array; events: readonly RecordedEvent[] }> {
  const page = await orderItem(t);
  const request = drawRequestOf(page, await initialise(t));
  const { value, events } = await during(t, () => t.system.paymentSession([request, refusedByCard(page.IDTRX)]));
  theAnswer(t, value[0], "debit-command");
  return { request, events };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-PS-09",
    suite: "payment",
    purpose: "A draw request of a merchant that nobody knows goes no further, and leaves no transaction",
    requirements: ["PS-0048-a"],
    owner: "server",
    needs: { cards: ["specimen"], database: true },
    async run(t) {
      const about = { requirement: "PS-0048-a" };
      const page = await orderItem(t);
      const card = await initialise(t);
      const request = drawRequestOf(page, card, { IDMER: STRANGER });
      const events = await expectRefused(t, "an unknown merchant", request, "A002", about);
      const logged = theLog(t, events, "payment-server", "draw-request-refused", about);
      t.expect.equal("CC of the log entry", logged.fields.CC, "A002", { ...about, at: logged });
      t.expect.absent("row of a refused request", await t.system.transaction(page.IDTRX), about);
      const own = await t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]);
      theAnswer(t, own[0], "debit-command", about);
    },
  }),
  defineCase({
    id: "PAY-PS-10",
    suite: "payment",
    purpose: "A draw request that is not the sale that its merchant made goes no further",
    requirements: ["PS-0048-a"],
    owner: "server",
    needs: { cards: ["specimen"], database: true },
    async run(t) {
      const about = { requirement: "PS-0048-a" };
      const page = await orderItem(t);
      const card = await initialise(t);
      const other = t.facts.sites.find(({ IDMER }) => IDMER !== page.IDMER);
      const wrong: readonly (readonly [string, Uint8Array])[] = [
        ["another amount", drawRequestOf(page, card, { MPDA: page.MPDA + 1 })],
        ["another transaction identifier", drawRequestOf(page, card, { IDTRX: "5A".repeat(16) })],
        ["another exponent", drawRequestOf(page, card, { CEXPPDA: (page.CEXPPDA + 1) % 4 })],
        [
          "security information of which one bit differs",
          drawRequestOf(page, card, { SECINFO: flipBit(page.SECINFO, 63) }),
        ],
        ...(other
          ? [["another merchant's identifier", drawRequestOf(page, card, { IDMER: other.IDMER })] as const]
          : []),
      ];
      for (const [what, request] of wrong) await expectRefused(t, what, request, "A006", about);
      t.expect.absent("row of a refused request", await t.system.transaction(page.IDTRX), about);
      const own = await t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]);
      theAnswer(t, own[0], "debit-command", about);
    },
  }),
  defineCase({
    id: "PAY-PS-11",
    suite: "payment",
    purpose: "A draw request that is wrong in any element of its form is refused before a terminal is involved",
    requirements: ["PS-0091-a"],
    owner: "server",
    needs: { cards: ["specimen"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PS-0091-a" };
      const { request } = await goodRequest(t);
      for (const [what, wrong] of malformed(request)) await expectRefused(t, what, wrong, "A001", about);
      const page = await orderItem(t);
      const good = drawRequestOf(page, await initialise(t));
      const parsed = parseTlv(good);
      const children = parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
      const unknown = encodeTlv(0xdf7e, Uint8Array.of(1, 2, 3));
      const extended = encodeTemplate(0xea, ...children.map(({ tag, value }) => encodeTlv(tag, value)), unknown);
      const answers = await t.system.paymentSession([extended, refusedByCard(page.IDTRX)]);
      theAnswer(t, answers[0], "debit-command", about);
    },
  }),
  defineCase({
    id: "PAY-PS-12",
    suite: "payment",
    purpose: "A purchase message names its amount: without one, or with none, it is not accepted",
    requirements: ["PS-C1-a"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const about = { requirement: "PS-C1-a" };
      const { request } = await goodRequest(t);
      const without = withElement(request, "MPDA", () => undefined);
      await expectRefused(t, "no amount", without, "A001", about);
      const none = withElement(request, "MPDA", (value) => new Uint8Array(value.length));
      await expectRefused(t, "an amount of zero", none, "A001", about);
    },
  }),
  defineCase({
    id: "PAY-PS-13",
    suite: "payment",
    purpose: "A draw request is logged as it comes in, then handed to the terminal interface, which picks the terminal",
    requirements: ["PS-0091-b", "PS-0091-c", "PS-0091-d"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PS-0091-b" };
      const { link } = terminalLink(t);
      const seen = await t.system.purchase();
      const { IDTRX } = thePage(t, seen).page;
      const request = theMessage(t, seen, "236", "draw-request", about).event;
      const draw = theMessage(t, seen, link, "t-draw", { requirement: "PS-0091-c" });
      const received = theLog(t, seen, "payment-server", "draw-request-received", about);
      const selected = theLog(t, seen, "payment-server", "terminal-selected", { requirement: "PS-0091-c" });
      t.expect.equal("length of the logged request", received.fields.length, request.bytes.length, {
        ...about,
        at: received,
      });
      t.expect.equal("IDTRX of the logged request", received.IDTRX, IDTRX, { ...about, at: received });
      const inOrder = [request.n, received.n, selected.n, draw.event.n];
      const sorted = [...inOrder].sort((left, right) => left - right);
      t.expect.equal("order of request, its log, choice of the terminal, T-draw", inOrder, sorted, {
        ...about,
        at: received,
      });
      t.expect.equal("terminal that was asked", draw.message.IDTERM, selected.fields.IDTERM, {
        requirement: "PS-0091-d",
        at: draw.event,
      });
      t.expect.equal(
        "entries of the request",
        logsOf(seen, "payment-server", "draw-request-received").length,
        1,
        about,
      );
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-PS-14",
    suite: "payment",
    purpose: "A draw request that is refused for its form is logged as received, too",
    requirements: ["PS-0091-b"],
    owner: "server",
    needs: { logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PS-0091-b" };
      const garbage = Uint8Array.of(0xea, 0x03, 0xdf, 0x30, 0x00);
      const events = await expectRefused(t, "hardly anything", garbage, "A001", about);
      const received = theLog(t, events, "payment-server", "draw-request-received", about);
      t.expect.equal("length of the logged request", received.fields.length, garbage.length, {
        ...about,
        at: received,
      });
      const refused = theLog(t, events, "payment-server", "draw-request-refused", about);
      t.expect.that(received.n < refused.n, "it is logged as received before it is refused", {
        ...about,
        at: refused,
        actual: toHex(garbage),
      });
    },
  }),
];
