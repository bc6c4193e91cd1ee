/** Waiting time (`serial-line.md` 2): what a terminal says while its security card works. */
import { fromHex } from "../../harness/core/bytes.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { due, iBlock, PCB, sBlock } from "./support/blocks.ts";
import { Line } from "./support/line.ts";
import { inStep } from "./support/plain.ts";
import { Sales } from "./support/sales.ts";
import { terminalCase } from "./support/terminal-case.ts";

/** When the played terminal asks for more time. */
const WTX_AFTER_MS = 1_000;
/** Block waiting time, ms. */
const BWT_MS = 2_000;
const REQUEST = due.S(PCB.WTX, 1);
const RESPONSE = sBlock(PCB.WTX | PCB.response, 1);

export const cases: readonly Case[] = [
  terminalCase({
    id: "TERM-WTX-01",
    purpose: "Before BWT is over the terminal asks for more time, again and again while it works, and answers at last",
    needs: { links: ["SAM"], psamPatienceMs: WTX_AFTER_MS },
    async run(t) {
      const { line, sales } = await working(t);
      let requests = 0;
      let heard = await line.hear(BWT_MS);
      for (; heard === REQUEST; heard = await line.hear(BWT_MS)) {
        requests++;
        await line.send(RESPONSE);
      }
      t.expect.that(requests >= 1, "the terminal asks for S(WTX)", { actual: requests });
      t.expect.equal("answer when the security card is given up", heard, due.I(0, fromHex(sales.dueRefusal("A010"))));
      line.ns = 1;
      line.nr = 1;
      await inStep(line, "S(WTX)");
    },
  }),
  terminalCase({
    id: "TERM-WTX-02",
    purpose:
      "A response to S(WTX request) that is damaged, has another value or is another block is not taken: the request again",
    needs: { links: ["SAM"], psamPatienceMs: WTX_AFTER_MS },
    async run(t) {
      const { line } = await working(t);
      t.expect.equal("what comes within BWT", await line.hear(BWT_MS), REQUEST);
      await line.says("S(WTX response 2)", sBlock(PCB.WTX | PCB.response, 2), REQUEST);
      await line.says("S(IFS response 1)", sBlock(PCB.IFS | PCB.response, 1), REQUEST);
      await line.start();
      await inStep(line, "S(RESYNCH)");
    },
  }),
  terminalCase({
    id: "TERM-WTX-03",
    purpose: "S(RESYNCH) while the terminal works is answered at once; the answer of that work does not come any more",
    needs: { links: ["SAM"], psamPatienceMs: WTX_AFTER_MS },
    async run(t) {
      const { line } = await working(t);
      t.expect.equal("what comes within BWT", await line.hear(BWT_MS), REQUEST);
      await line.start();
      await line.silent("a message that was given up");
      await inStep(line, "S(RESYNCH)");
    },
  }),
];

/** The terminal has T-read-totals, and a security card that does not hear. */
async function working(t: DeviceContext): Promise<{ readonly line: Line; readonly sales: Sales }> {
  const sales = await Sales.open(t);
  t.devices.disturbSam({ from: "terminal", message: 0x8c, times: 1, act: () => [], what: "the security card is deaf" });
  const line = await Line.open(t);
  await line.send(iBlock(0, sales.readTotalsMessage()));
  return { line, sales };
}
