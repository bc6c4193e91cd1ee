/** The life cycle (`card-edge.md` 3): what a card is for before it is issued, and what is left to it when it is blocked or used up. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { COMMANDS, commandRow, wellFormed } from "./support/commands.ts";
import { openPurse } from "./support/purse.ts";
import { ANY_LOADINIT } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { select, talkTo } from "./support/talk.ts";

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-LIFE-SUPPLIED",
    suite: "card",
    purpose:
      "A supplied card names only its serial number; every command of a purse is '9304', again and again and after resets, and leaves it as supplied as before",
    requirements: ["CLR-0006-a", "CLR-0006-b"],
    owner: "card",
    needs: { cards: ["supplied"] },
    async run(t) {
      const about = { requirement: "CLR-0006-b" };
      const talk = await talkTo(t, "supplied");
      const said = toHex(await select(talk, about));
      const SNIEP = said.slice(62, 78);
      const due = `6F2D8408F050422D49455031A521DF0103000000DF02050000000000DF1E08${SNIEP}DF1F054945502D31`;
      t.expect.equal("answer to SELECT, SNIEP apart", said, due, about);
      t.expect.that(!/^(0{16}|F{16})$/.test(SNIEP), "there is a serial number", {
        requirement: "CLR-0006-a",
        actual: SNIEP,
      });
      const sweep = new Sweep(talk);
      for (let round = 0; round < 3; round++) {
        for (const row of COMMANDS) {
          const data = row.name === "INITIALIZE for load" ? ANY_LOADINIT : undefined;
          if (row.name === "SELECT") continue;
          await sweep.ask(row.name, wellFormed(row, data), row.name === "PERSONALISE" ? "9302" : "9304");
        }
        await talk.card.reset(round === 0 ? "warm" : "cold");
        await sweep.ask("SELECT", wellFormed(commandRow("SELECT")), `${due} 9000`);
      }
      sweep.expectNone("commands to a supplied card", about);
    },
  }),
  defineDeviceCase({
    id: "CARD-LIFE-BLOCKED",
    suite: "card",
    purpose:
      "A blocked card tells what it is and what it holds, and takes neither purchase nor load nor PERSONALISE, again and again and after resets",
    requirements: ["CARD-0033-b"],
    owner: "card",
    needs: { cards: ["blocked"], keys: true },
    async run(t) {
      const about = { requirement: "CARD-0033-b" };
      const purse = await openPurse(t, "blocked");
      const sweep = new Sweep(purse.talk);
      for (const kind of ["warm", "cold", "warm"] as const) {
        await sweep.ask("INITIALIZE IEP for purchase", "905001001B", "9303");
        await sweep.ask("INITIALIZE IEP for load", `9050000022${toHex(ANY_LOADINIT)}23`, "9303");
        await sweep.ask("DEBIT IEP", `9054010035${"00".repeat(53)}10`, "9303");
        await sweep.ask("CREDIT IEP", `905200000F${"00".repeat(15)}10`, "9303");
        await sweep.ask("PERSONALISE", `905E000049${"00".repeat(73)}`, "6985");
        await sweep.ask("GET PREVIOUS IEP SIGNATURE", "905A010002000110", "9406");
        await purse.expectSame(about);
        await purse.restart(kind);
      }
      sweep.expectNone("commands to a blocked card", about);
    },
  }),
  defineDeviceCase({
    id: "CARD-LIFE-ISSUED",
    suite: "card",
    purpose: "An issued card takes no PERSONALISE, whatever its data and in whatever session, and loses nothing by it",
    requirements: ["CLR-0006-b", "CARD-0031-f"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const about = { requirement: "CARD-0031-f" };
      const purse = await openPurse(t);
      const sweep = new Sweep(purse.talk);
      for (const fill of ["00", "FF", "5A"]) {
        await purse.initialise(about);
        await sweep.ask(`PERSONALISE of ${fill} when initialised`, `905E000049${fill.repeat(73)}`, "6985");
        await purse.openLoad({}, about);
        await sweep.ask(`PERSONALISE of ${fill} when initialised for load`, `905E000049${fill.repeat(73)}`, "6985");
      }
      sweep.expectNone("PERSONALISE of an issued card", about);
      await purse.expectSame(about);
    },
  }),
];
