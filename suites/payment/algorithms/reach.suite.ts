/** Public key cards at terminals of other kinds: driven by the payment server, reached directly, with a security card in a reader. */
import { toHex } from "../../../harness/core/bytes.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { hasSiteAt, siteAt, type TerminalNeed } from "../alternatives/place.ts";
import { apdusOn, theMessage } from "../support/observe.ts";
import { dueAnswer, dueS2 } from "./any-card.ts";
import { expectOnlyLineRose } from "./programs.ts";
import { samCommands } from "./sam-commands.ts";
import { purchaseMaterial } from "./seen.ts";

const DEBIT_IEP = 0x54;
const COMMANDS = ["7000", "7001", "7002", "7003", "7200", "7800", "7801", "7400"];

const KINDS: readonly { readonly id: string; readonly terminal: TerminalNeed; readonly what: string }[] = [
  { id: "DUMB", terminal: { kind: "dumb" }, what: "that the payment server drives" },
  { id: "DIRECT", terminal: { kind: "smart", reach: "direct" }, what: "without a concentrator before it" },
];

export const cases: readonly Case[] = KINDS.map(({ id, terminal, what }) =>
  defineCase({
    id: `PAY-RSA-REACH-${id}`,
    suite: "payment",
    purpose: `A terminal ${what} hands certificates and session key on like any other, one by one`,
    requirements: ["TERM-0093-f", "ENC-0107-b"],
    owner: "server",
    needs: { cards: ["rsa"], terminals: terminal, links: ["236", "235", "SAM"], keys: true, database: true },
    applies: hasSiteAt(terminal),
    async run(t) {
      const about = { requirement: "TERM-0093-f" };
      const { SITE, IDTERM } = siteAt(t, terminal);
      await t.system.insertCard("rsa");
      const purse = await t.system.readPurse();
      const before = await t.system.readTotals(IDTERM);
      const seen = await t.system.purchase({ SITE });
      t.expect.equal("commands to the security card", samCommands(seen), COMMANDS, about);
      const { DEBITDATA } = theMessage(t, seen, "236", "debit-command").message;
      const card = purchaseMaterial(t, seen);
      t.expect.equal("S2", toHex(DEBITDATA.subarray(45)), dueS2(t, card, DEBITDATA), { requirement: "ENC-0107-b" });
      const answer = t.expect.present("the card's answer", apdusOn(seen, "235", DEBIT_IEP)[0]?.response);
      t.expect.equal("the card's answer", toHex(answer.bytes), `${dueAnswer(t, card, DEBITDATA)}9000`, { at: answer });
      t.expect.completed(seen, about);
      const { MPDA } = theMessage(t, seen, "236", "draw-request").message;
      t.expect.money(purse, await t.system.readPurse(), -MPDA);
      const after = await t.system.readTotals(IDTERM);
      expectOnlyLineRose(t, before, after, purse, { MTOT: MPDA, NTOT: 1 }, about);
      const row = await t.system.transaction(seen.outcome.IDTRX ?? "");
      t.expect.equal("the transaction in the database", [row?.status, row?.IDTERM], ["confirmed", IDTERM], about);
    },
  }),
);
