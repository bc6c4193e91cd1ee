/** 816 to 819: the debit command on its way to the card, and the card's answer on its way back. */

import { toHex } from "../../harness/core/bytes.ts";
import type { CaseContext } from "../define/case.ts";
import { flipLast, inElement } from "../payment/support/alter.ts";
import { expectMoved, readAccounts } from "../payment/support/money.ts";
import { apdusOn, logsOf, messagesOn, theMessage } from "../payment/support/observe.ts";
import { rawElements, rawHex } from "../payment/support/raw.ts";
import { expectRefusalSettled, refusedDebit } from "../payment/support/refused-debit.ts";
import { expectNoDebit } from "../payment/support/stopped.ts";
import { debitOf } from "../payment/variants/variant.ts";
import { keysOf } from "./keys.ts";
import { openedOn, theOpened } from "./opened.ts";
import { buy, type Overlay, overlayCases, type Topic, WITH_RESULTS } from "./overlay.ts";

const SEALED = 0xe5;
const DEBIT_RESPONSE = 0xec;
const DEBIT_IEP = 0x54;

const COMMAND: readonly Topic[] = [
  {
    id: "816-A",
    purpose:
      "Of two purchases at the same time each one's debit command is opened with the session key of its own page",
    requirements: ["ENC-816-a", "ENC-819"],
    owner: "server",
    needs: { links: ["234", "236"], boxes: 1 },
    async run(t, site, about) {
      const [box] = await t.system.boxes(1);
      const other = t.expect.present("a second set-top box", box, { owner: "bench" });
      const [seen, outcome] = await Promise.all([buy(t, site), other.purchase({ SITE: site.SITE })]);
      t.expect.completed(seen, about);
      t.expect.equal("how the other purchase ended (CC)", outcome.CC, "0000", about);
      t.expect.that(seen.outcome.IDTRX !== outcome.IDTRX, "they were two transactions", about);
    },
  },
  {
    id: "816-B",
    purpose:
      "The set-top box gets the debit command that was sealed, without what is compared; a damaged one it never gets",
    requirements: ["ENC-816-b", "AMB-TSK-STB"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["235", "236", "cable"], logs: ["head-end"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      const sealed = theOpened(t, seen, "236", keysOf(t, seen, site), "debit-command", about);
      const { event, message } = theMessage(t, seen, "cable", "debit-command", about);
      t.expect.equal(
        "its elements",
        rawElements(event).map(({ name }) => name),
        ["IDTRX", "DEBITDATA"],
        about,
      );
      t.expect.equal("DEBITDATA", toHex(message.DEBITDATA), toHex(sealed.message.DEBITDATA), about);
      t.expect.completed(seen, about);
      const before = await readAccounts(t);
      const damaged = await buyDamaged(t, site);
      t.expect.refused(damaged, "A00C", about);
      t.expect.equal(
        "debit commands to the set-top box",
        messagesOn(damaged, "cable").filter(isCommand).length,
        0,
        about,
      );
      t.expect.equal("log entries undecipherable", logsOf(damaged, "head-end", "undecipherable").length, 1, about);
      expectNoDebit(t, damaged, about);
      expectMoved(t, before, await readAccounts(t), 0, about);
    },
  },
  {
    id: "817",
    purpose: "The card is given the debit command, and its signed answer is what goes back",
    requirements: ["ENC-817", "ENC-818-a"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["235", "line", "cable"] },
    look(t, seen, about, site) {
      const { DEBITDATA, due } = debitOf(t, seen, about);
      const commands = apdusOn(seen, "235", DEBIT_IEP);
      t.expect.equal("DEBIT IEP commands to the card", commands.length, 1, about);
      const command = t.expect.present("DEBIT IEP", commands[0], about);
      t.expect.equal("its data", toHex(command.command.bytes.subarray(5, 58)), toHex(DEBITDATA), about);
      const { message } = theOpened(t, seen, "cable", keysOf(t, seen, site), "debit-response", about);
      t.expect.equal("CARDRSP", toHex(message.CARDRSP), due, about);
    },
  },
];

const RESPONSE: readonly Topic[] = [
  {
    id: "818-A",
    purpose: "The debit response leaves the set-top box sealed under the session key, and never in clear",
    requirements: ["ENC-818-a", "AMB-TSK-STB"],
    owner: "server",
    needs: { links: ["235", "cable"] },
    look(t, seen, about, site) {
      const sent = messagesOn(seen, "cable", "set-top-box");
      t.expect.equal(
        "debit responses in clear",
        sent.filter(({ bytes }) => bytes[0] === DEBIT_RESPONSE).length,
        0,
        about,
      );
      const { event, message } = theOpened(t, seen, "cable", keysOf(t, seen, site), "debit-response", about);
      t.expect.equal(
        "elements outside",
        rawElements(event).map(({ name }) => name),
        ["IDTRX", "SEALED"],
        about,
      );
      const answer = t.expect.present("the card's answer", apdusOn(seen, "235", DEBIT_IEP)[0]?.response, about);
      const said = toHex(message.CARDRSP) + message.SW;
      t.expect.equal("CARDRSP and SW inside", said, toHex(answer.bytes), about);
      t.expect.equal("RECOVERED", message.RECOVERED, 0, about);
    },
  },
  {
    id: "818-B",
    purpose: "The sealed debit response is sent when the card has refused as well",
    requirements: ["ENC-818-b"],
    owner: "server",
    needs: { links: ["235", "cable", "234"] },
    async run(t, site, about) {
      const before = await readAccounts(t);
      const seen = await refusedDebit(t, { SITE: site.SITE });
      const { message } = theOpened(t, seen, "cable", keysOf(t, seen, site), "debit-response", about);
      const answer = t.expect.present("the card's answer", apdusOn(seen, "235", DEBIT_IEP)[0]?.response, about);
      t.expect.equal("CARDRSP and SW inside", toHex(message.CARDRSP) + message.SW, toHex(answer.bytes), about);
      await expectRefusalSettled(t, seen, before);
    },
  },
  {
    id: "819-A",
    purpose: "The head end passes the sealed debit response on as it is",
    requirements: ["ENC-819"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236", "cable"] },
    async run(t, site, about) {
      for (let count = 0; count < 2; count++) {
        const seen = await buy(t, site);
        const box = messagesOn(seen, "cable", "set-top-box").filter(({ bytes }) => bytes[0] === SEALED);
        const passed = messagesOn(seen, "236", "head-end").filter(({ bytes }) => bytes[0] === SEALED);
        const texts = (events: typeof box) => events.map((event) => rawHex(t, event, "SEALED", about));
        t.expect.equal("what the head end passes on", texts(passed), texts(box), about);
        t.expect.equal("how often", passed.length, 1, about);
        t.expect.completed(seen, about);
      }
    },
  },
  {
    id: "819-B",
    purpose:
      "Where the payment server does not decide, it gets the card's answer of this very purchase in the sealed notice",
    requirements: ["ENC-819", "ENC-0115-a"],
    owner: "server",
    figures: ["FIG6", "FIG7"],
    needs: { secretKeyCard: true, links: ["235", "236", "line"], logs: ["payment-server"] },
    async run(t, site, about) {
      for (let count = 0; count < 2; count++) {
        const seen = await buy(t, site);
        const keys = keysOf(t, seen, site);
        const { message } = theOpened(t, seen, "236", keys, "notice", about);
        const { due } = debitOf(t, seen, about);
        const said = { CC: message.CC, CARDRSP: toHex(message.CARDRSP), SW: message.SW };
        t.expect.equal("the notice", said, { CC: "0000", CARDRSP: due, SW: "9000" }, about);
        t.expect.equal("sealed messages of the head end", openedOn(seen, "236", keys).length, 3, about);
        t.expect.equal(
          "log entries notice-received",
          logsOf(seen, "payment-server", "notice-received").length,
          1,
          about,
        );
        t.expect.completed(seen, about);
      }
    },
  },
];

export const cases = overlayCases([...COMMAND, ...RESPONSE]);

/** The last bit of the sealed debit command is another one. */
async function buyDamaged(t: CaseContext, site: Overlay) {
  using fault = t.system.disturb({
    link: "236",
    from: "payment-server",
    message: SEALED,
    act: inElement("SEALED", flipLast),
    what: "last bit of the sealed debit command inverted",
  });
  const seen = await buy(t, site);
  t.expect.equal("debit commands that were damaged", fault.hits, 1);
  return seen;
}

function isCommand({ bytes }: { readonly bytes: Uint8Array }): boolean {
  return bytes[0] === 0xeb;
}
