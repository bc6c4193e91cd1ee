/** Answer to reset and transport (`card-edge.md` 1). */
import { toHex } from "../../harness/core/bytes.ts";
import { parseAtr } from "../../harness/protocol/atr/parse-atr.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { apduOf, COMMANDS, commandRow, wellFormed } from "./support/commands.ts";
import { enter, STATES, tell, tellingOf } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { expectData, expectStatus, select, talkTo } from "./support/talk.ts";

const about = { requirement: "CARD-0077-a" };

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-ATR-01",
    suite: "card",
    purpose:
      "The answer to reset is well formed, holds no reserved value, and offers T=1 only with IFSC from 32, LRC and BWI up to 4",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const { card } = await talkTo(t);
      const parsed = parseAtr(card.ATR);
      t.expect.equal("answer to reset", parsed.ok ? "well formed" : parsed.reason, "well formed", about);
      const atr = t.expect.present("answer to reset", parsed.ok ? parsed.atr : undefined, about);
      t.expect.equal("reserved values in it", atr.anomalies, [], about);
      const others = atr.protocols.filter((protocol) => protocol > 1);
      t.expect.equal("protocols beside T=0 and T=1", others, [], about);
      t.expect.that(
        atr.protocols.includes(card.protocol === "T=1" ? 1 : 0),
        "the protocol that is spoken is offered",
        about,
      );
      if (atr.t1 === undefined) return t.note("the card offers T=0 alone");
      const { ifsc, bwi, edc } = atr.t1;
      t.expect.that(ifsc >= 32, "IFSC is at least 32", { ...about, actual: ifsc });
      t.expect.that(bwi <= 4, "BWI is at most 4", { ...about, actual: bwi });
      t.expect.equal("check of T=1 blocks", edc, "LRC", about);
    },
  }),

  defineDeviceCase({
    id: "CARD-ATR-02",
    suite: "card",
    purpose:
      "After each reset, cold or warm and from every state, the answer to reset is the same and no session is left",
    requirements: ["CARD-0077-a"],
    owner: "card",
    consumes: { writes: 0 },
    async run(t) {
      const talk = await talkTo(t);
      const first = toHex(talk.card.ATR);
      const sweep = new Sweep(talk);
      for (const kind of ["warm", "cold", "warm", "cold"] as const) {
        for (const state of STATES) {
          await enter(talk, state);
          sweep.judge(`answer to a ${kind} reset from ${state}`, toHex(await talk.card.reset(kind)), first);
          sweep.judge(`state after a ${kind} reset from ${state}`, await tell(talk), tellingOf("idle", false));
        }
      }
      sweep.expectNone("resets", about);
    },
  }),

  defineDeviceCase({
    id: "CARD-TRANS-01",
    suite: "card",
    purpose:
      "Commands of every length up to 250 bytes and answers up to 47 pass whole, one after the other, without a reset between",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      const sweep = new Sweep(talk);
      for (let round = 0; round < 3; round++) {
        for (const row of COMMANDS.filter(({ data }) => data[0] > 16)) {
          await sweep.ask(`${row.name} to a card that is not selected`, wellFormed(row), "6985");
        }
      }
      sweep.expectNone("long commands", about);
      const told = toHex(await select(talk, about));
      for (let round = 0; round < 4; round++) {
        await sweep.ask("SELECT again", wellFormed(commandRow("SELECT")), `${told} 9000`);
        await sweep.ask("PERSONALISE", wellFormed(commandRow("PERSONALISE")), "6985");
      }
      sweep.expectNone("long commands and answers in turn", about);
    },
  }),

  defineDeviceCase({
    id: "CARD-TRANS-02",
    suite: "card",
    purpose:
      "A command with data and an answer, sent without Le: over T=0 the card says how much there is to fetch, over T=1 it is '6700'",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      await select(talk, about);
      const { CLA, INS } = commandRow("SELECT");
      const named = wellFormed(commandRow("SELECT")).subarray(5, 13);
      const bare = apduOf([CLA, INS, 0x04, 0x00], named);
      if (talk.card.protocol === "T=0") {
        t.note("the card speaks T=0: a case 4 command has no Le on the line");
        await expectStatus(talk, "SELECT without Le", bare, "612F", about);
        await expectData(talk, "GET RESPONSE", "00C000002F", 47, about);
      } else {
        const sweep = new Sweep(talk);
        await sweep.ask("SELECT without Le", bare, "6700");
        await sweep.ask("GET PREVIOUS IEP SIGNATURE without Le", "905A0100020001", "6700");
        sweep.expectNone("commands without Le", about);
      }
    },
  }),
];
