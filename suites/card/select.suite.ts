/** SELECT (`card-edge.md` 5.1): the application, its name, and nobody else's. */
import { concat, flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { AID, aidBytes, apduOf } from "./support/commands.ts";
import { dueOf } from "./support/oracle.ts";
import { enter, STATES, tell, tellingOf } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { expectData, select, talkTo } from "./support/talk.ts";

const about = { requirement: "CARD-0077-a" };
/** Longest name that is tried; 16 is the longest that there is. */
const LONGEST = 20;

const selectOf = (name: Uint8Array, Le?: number) => apduOf([0x00, 0xa4, 0x04, 0x00], name, Le);

/** The first bytes of the purse's name, followed by zeros where it is shorter. */
function nameOf(length: number, fill: number): Uint8Array {
  return concat(aidBytes().subarray(0, length), new Uint8Array(Math.max(0, length - 8)).fill(fill));
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-SEL-01",
    suite: "card",
    purpose:
      "SELECT is answered with name, provider, number, serial number and profile in their exact form, the same as in the card information file, each time",
    requirements: ["CARD-0077-a", "CARD-0031-b", "CARD-0031-c"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      const said = toHex(await select(talk, about));
      const file = toHex(await expectData(talk, "READ RECORD of the card information", "00B2010C00", 21, about));
      const [PPIEP, IDIEP, SNIEP] = [file.slice(0, 6), file.slice(6, 16), file.slice(16, 32)];
      const due = `6F2D8408${AID}A521DF0103${PPIEP}DF0205${IDIEP}DF1E08${SNIEP}DF1F054945502D31`;
      t.expect.equal("answer to SELECT", said, due, about);
      t.expect.matches("PPIEP and IDIEP, BCD", PPIEP + IDIEP, /^\d{16}$/, { requirement: "CARD-0031-b" });
      const sweep = new Sweep(talk);
      for (const state of STATES) {
        await enter(talk, state);
        await sweep.ask(`SELECT from ${state}`, selectOf(aidBytes(), 256), `${due} 9000`);
        await sweep.ask(`SELECT from ${state}, Le 2F`, selectOf(aidBytes(), 47), `${due} 9000`);
      }
      sweep.expectNone("SELECT from every state", { requirement: "CARD-0031-c" });
    },
  }),

  defineDeviceCase({
    id: "CARD-SEL-02",
    suite: "card",
    purpose:
      "Names of 0 to 20 bytes that begin as the purse's, or are nothing like it: none selects it, and the length is judged before the name",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      const sweep = new Sweep(talk);
      for (let length = 0; length <= LONGEST; length++) {
        if (length === 8) continue;
        for (const [what, name] of [
          ["of the purse's", nameOf(length, 0x00)],
          ["of others", new Uint8Array(length).fill(0xf0)],
        ] as const) {
          const command = selectOf(name, 256);
          const due = dueOf({ session: "idle", life: "issued" }, command).SW;
          await sweep.ask(`SELECT with ${length} bytes ${what}`, command, due);
        }
      }
      sweep.expectNone("names of other lengths", about);
      t.expect.equal("state afterwards", await tell(talk), tellingOf("idle", false), about);
    },
  }),

  defineDeviceCase({
    id: "CARD-SEL-03",
    suite: "card",
    purpose:
      "The name with any one of its 64 bits inverted is an unknown one, for a card that is idle and for one that is selected",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      const sweep = new Sweep(talk);
      for (const state of ["idle", "selected"] as const) {
        await enter(talk, state);
        for (let bit = 0; bit < 64; bit++) {
          await sweep.ask(`bit ${bit} inverted, ${state}`, selectOf(flipBit(aidBytes(), bit), 256), "6A82");
        }
        sweep.judge(`state after that from ${state}`, await tell(talk), tellingOf(state, false));
      }
      sweep.expectNone("altered names", about);
    },
  }),

  defineDeviceCase({
    id: "CARD-SEL-04",
    suite: "card",
    purpose:
      "SELECT that is refused, for its name, its parameters or its length, leaves the session as it is, in every state; SELECT of the purse ends what was initialised",
    requirements: ["CARD-0077-a", "CARD-0031-a"],
    owner: "card",
    needs: { secretKeyCard: true },
    async run(t) {
      const talk = await talkTo(t);
      const sweep = new Sweep(talk);
      const refused = [
        ["another name", selectOf(fromHex("F04F5448455231"), 256), "6A82"],
        ["P1 00", apduOf([0x00, 0xa4, 0x00, 0x00], aidBytes(), 256), "6A86"],
        ["P2 0C", apduOf([0x00, 0xa4, 0x04, 0x0c], aidBytes(), 256), "6A86"],
        ["a name of four bytes", selectOf(aidBytes().subarray(0, 4), 256), "6700"],
        ["Le 2E", selectOf(aidBytes(), 46), talk.card.protocol === "T=0" ? undefined : "6700"],
      ] as const;
      for (const state of STATES) {
        for (const [what, command, SW] of refused) {
          if (SW === undefined) continue;
          await enter(talk, state);
          await sweep.ask(`SELECT with ${what} from ${state}`, command, SW);
          sweep.judge(`state after SELECT with ${what} from ${state}`, await tell(talk), tellingOf(state, false));
        }
        await enter(talk, state);
        await talk.ask(selectOf(aidBytes(), 256));
        sweep.judge(`state after SELECT from ${state}`, await tell(talk), tellingOf("selected", false));
      }
      sweep.expectNone("SELECT and the session", { requirement: "CARD-0031-a" });
    },
  }),
];
