/** T-collect, T-acknowledge and T-update (`clearing.md` 2). */
import { beforeEach, describe, expect, it } from "vitest";
import { concat, fromHex } from "../../core/bytes.ts";
import { encipherUpdateKey, signS4, signS5, signS6 } from "../../crypto/collection.ts";
import { inProcessEndpoint } from "../../device/virtual/in-process-endpoint.ts";
import { splitLines } from "../../protocol/messages/collection-lines.ts";
import { encodeUnsignedUpdate, type UpdateContent } from "../../protocol/messages/psam-update.ts";
import { lanTerminals } from "../concentrator/lan-terminals.ts";
import { serveConcentrator } from "../concentrator/serve.ts";
import { TerminalClient } from "./client.ts";
import { drivenTerminal } from "./driven.ts";
import { dumbTerminal } from "./dumb.ts";
import { serveTerminal } from "./serve.ts";
import { phaseOf } from "./state.ts";
import { memoryStore } from "./store.ts";
import {
  forged,
  IDTERM,
  ids,
  instead,
  lost,
  respond,
  type TerminalBed,
  terminalBed,
  unheard,
} from "./testing/terminal-bed.ts";

const DIGEST = "AB".repeat(32);
/** One sale of 12.50. */
const LINES = fromHex("0001230978020000000004E200000001");
/** One sale of 12.49. */
const OTHER_LINES = fromHex("0001230978020000000004E100000001");
const PSAM = { PPPSAM: "000789", IDPSAM: "00A10001" };
const NO_TRANSACTION = "00".repeat(16);
const CARD = { PPIEP: "000123", IDIEP: "0000004711" };

let bed: TerminalBed;
beforeEach(() => {
  bed = terminalBed();
});

const KDC = () => fromHex(bed.psam.state.memory.KDC);
const collect = { kind: "t-collect", IDTERM, DIGEST, LINES } as const;
const S4 = (NTCOL = 1) => signS4(KDC(), { ...PSAM, NTCOL, DIGEST: fromHex(DIGEST), lines: splitLines(LINES) });
const S5 = (NTCOL = 1) => signS5(KDC(), { ...PSAM, NTCOL, DIGEST: fromHex(DIGEST) });
const acknowledge = (NTCOL = 1) => ({ kind: "t-acknowledge", IDTERM, NTCOL, S5: S5(NTCOL) }) as const;
const order = (NTUPD: number, content: UpdateContent = { kind: "block-card", ...CARD }) => {
  const unsigned = encodeUnsignedUpdate({ NTUPD, date: "20260801", content });
  return concat(unsigned, signS6(KDC(), PSAM, unsigned));
};
const update = (NTUPD: number) => ({ kind: "t-update", IDTERM, UPDATE: order(NTUPD) }) as const;
const done = (CC: string) => ({ kind: "t-done", IDTERM, IDTRX: NO_TRANSACTION, CC });
const collected = () => ({
  kind: "t-collected",
  IDTERM,
  BATCHNO: "0007890000A10001",
  NTCOL: 1,
  DIGEST,
  LINES,
  S4: S4(),
});

async function sell(IDTRX = ids("A")): Promise<void> {
  const debit = await bed.say(bed.draw(IDTRX));
  expect(await bed.say(respond(IDTRX, bed.debitCard(debit)))).toMatchObject({ CC: "0000" });
}

describe("collection at a terminal", () => {
  it("asks its PSAM, which is selected first, and names that PSAM in the answer", async () => {
    await sell();
    await bed.terminal.powerCycle();
    bed.apdus.length = 0;
    expect(await bed.say(collect)).toEqual(collected());
    expect(await bed.say(collect)).toEqual(collected());
    expect(await bed.say(acknowledge())).toEqual(done("0000"));
    expect(bed.apdus).toEqual(["7600", "7600", "7A00"]);
    expect(bed.totals()).toEqual([0, 0]);
  });

  it("selects the PSAM where nothing was asked before", async () => {
    expect(await bed.say(collect)).toEqual({ kind: "t-refusal", IDTERM, IDTRX: undefined, CC: "9418" });
    expect(bed.apdus).toEqual(["A404", "7600"]);
  });

  it("does not disturb a purchase in draw amount state, nor do acknowledgement and update", async () => {
    await sell();
    const debit = await bed.say(bed.draw(ids("B")));
    expect(await bed.say(collect)).toEqual(collected());
    expect(await bed.say(acknowledge())).toEqual(done("0000"));
    expect(await bed.say(update(1))).toEqual(done("0000"));
    expect(phaseOf(bed.terminal.state)).toBe("draw amount");
    expect(bed.psam.state.memory.open?.IDTRX).toBe(ids("B"));
    expect(await bed.say(respond(ids("B"), bed.debitCard(debit)))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await bed.say(bed.draw(ids("C")))).toMatchObject({ kind: "t-refusal", CC: "9412" });
  });

  it("passes on what the PSAM refuses: T-refusal for a collection, T-done for the others", async () => {
    await sell();
    expect(await bed.say(acknowledge())).toEqual(done("9415"));
    expect(await bed.say({ ...collect, LINES: concat(LINES, LINES) })).toMatchObject({ kind: "t-refusal", CC: "6A80" });
    expect(await bed.say(collect)).toEqual(collected());
    expect(await bed.say({ ...collect, LINES: OTHER_LINES })).toMatchObject({ kind: "t-refusal", CC: "9419" });
    expect(await bed.say({ ...acknowledge(), S5: forged(S5()) })).toEqual(done("9302"));
    expect(await bed.say({ ...update(1), UPDATE: forged(order(1)) })).toEqual(done("9302"));
    expect(await bed.say(update(4))).toEqual(done("0000"));
    expect(await bed.say(update(4))).toEqual(done("9419"));
    expect(bed.psam.state.memory.NTUPD).toBe(4);
  });

  it("A009 for another terminal", async () => {
    for (const message of [collect, acknowledge(), update(1)]) {
      expect(await bed.say({ ...message, IDTERM: "00000009" })).toMatchObject({ kind: "t-refusal", CC: "A009" });
    }
    expect(bed.apdus).toEqual([]);
  });

  it("selects a PSAM that was reset meanwhile before the next command", async () => {
    await sell();
    bed.psam.reset();
    expect(await bed.say(collect)).toMatchObject({ kind: "t-refusal", CC: "6985" });
    expect(await bed.say(collect)).toEqual(collected());
  });
});

describe("a PSAM that is not heard", () => {
  it.each([
    ["did it", unheard],
    ["did not", lost],
  ])("%s: A010, and asking again settles it", async (_what, how) => {
    await sell();
    bed.tamper.act = how(0x76);
    expect(await bed.say(collect)).toMatchObject({ kind: "t-refusal", CC: "A010" });
    bed.tamper.act = how(0x7a);
    expect(await bed.say(collect)).toEqual(collected());
    expect(await bed.say(acknowledge())).toEqual(done("A010"));
    bed.tamper.act = how(0x82);
    expect(await bed.say(acknowledge())).toEqual(done(how === unheard ? "9415" : "0000"));
    expect(await bed.say(update(1))).toEqual(done("A010"));
    bed.tamper.act = (_, answer) => answer();
    expect(await bed.say(update(1))).toEqual(done(how === unheard ? "9419" : "0000"));
    expect(bed.psam.state.memory).toMatchObject({ NTCOL: 1, collection: null, NTUPD: 1, totals: [] });
    expect(bed.entries().filter(([entry]) => entry === "psam-silent")).toHaveLength(3);
  });

  it("6F00 for bytes that are no answer, and the PSAM is selected anew", async () => {
    await sell();
    bed.tamper.act = instead(0x76, (answer) => concat(answer.subarray(0, 5), fromHex("9000")));
    expect(await bed.say(collect)).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = instead(0x76, (answer) => concat(answer.subarray(0, 12), fromHex("9418")));
    expect(await bed.say(collect)).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = (_, answer) => answer();
    bed.apdus.length = 0;
    expect(await bed.say(collect)).toEqual(collected());
    expect(bed.apdus).toEqual(["A404", "7600"]);
  });

  it.each([
    ["COLLECT", 0x76, () => collect, "9415"],
    ["END OF COLLECTION", 0x7a, () => acknowledge(), "9419"],
    ["UPDATE PSAM", 0x82, () => update(1), "9415"],
  ] as const)(
    "6F00 for a status word that %s does not have, and the PSAM is selected anew",
    async (_, ins, say, other) => {
      await sell();
      for (const answer of ["6F12", other, "019302"]) {
        bed.tamper.act = instead(ins, () => fromHex(answer));
        bed.apdus.length = 0;
        expect(await bed.say(say())).toMatchObject({ CC: "6F00" });
        expect(bed.apdus.includes("A404")).toBe(answer !== "6F12");
      }
    },
  );

  it("settles a doubt about a sale before it collects", async () => {
    const debit = await bed.say(bed.draw(ids("A"), 1250, 1));
    bed.tamper.act = unheard(0x74);
    expect(await bed.say(respond(ids("A"), bed.debitCard(debit)))).toMatchObject({ CC: "A010" });
    bed.tamper.act = (_, answer) => answer();
    bed.apdus.length = 0;
    expect(await bed.say(collect)).toEqual(collected());
    expect(bed.apdus).toEqual(["A404", "7400", "7600"]);
  });
});

describe("the client", () => {
  it("collects, acknowledges and updates, and says with which CC not", async () => {
    const soon = bed.soon();
    expect(await bed.client.collect({ DIGEST, LINES }, soon)).toEqual({ kind: "refused", CC: "9418" });
    await sell();
    expect(await bed.client.collect({ DIGEST, LINES }, soon)).toEqual(collected());
    expect(await bed.client.acknowledge(1, S5(), soon)).toBe("0000");
    expect(await bed.client.acknowledge(1, S5(), soon)).toBe("9415");
    const enciphered = encipherUpdateKey(KDC(), 2, new Uint8Array(16));
    const key = { PPIEP: "000123", ALGIEP: 5, VKIEP: 7 };
    expect(await bed.client.update(order(2, { kind: "set-key", ...key, enciphered }), soon)).toBe("0000");
    expect(bed.psam.state.memory.keys.at(-1)).toEqual({ ...key, MKP: "00".repeat(16) });
    const stranger = new TerminalClient({ exchange: (_, bytes) => bed.terminal.exchange(bytes, soon) }, "00000009");
    expect(await stranger.update(order(3), soon)).toBe("A009");
  });
});

describe("a dumb terminal", () => {
  it.each(["direct", "concentrator"] as const)("is collected by its driver, reached %s", async (way) => {
    const { clock, sam } = bed;
    const identity = { IDTERM, LOC: "00490001" };
    const trace = () => undefined;
    const dumb = serveTerminal({ identity, psam: sam, clock, trace, role: dumbTerminal });
    const lines = new Map([[IDTERM, dumb]]);
    const lan = lanTerminals(inProcessEndpoint(serveConcentrator({ lines, clock })), clock);
    const direct = { exchange: (_: string, bytes: Uint8Array) => dumb.exchange(bytes, bed.soon()) };
    const access = way === "direct" ? direct : lan;
    await sell();
    const driver = drivenTerminal({ identity, access, clock, trace, store: memoryStore() });
    const client = new TerminalClient({ exchange: (_, bytes, soon) => driver.exchange(bytes, soon) }, IDTERM);
    expect(await client.collect({ DIGEST, LINES }, bed.soon())).toEqual(collected());
    expect(await client.acknowledge(1, S5(), bed.soon())).toBe("0000");
    expect(await client.update(order(1), bed.soon())).toBe("0000");
    const asked = new TerminalClient({ exchange: (_, bytes) => dumb.exchange(bytes, bed.soon()) }, IDTERM);
    expect(await asked.collect({ DIGEST, LINES }, bed.soon())).toEqual({ kind: "refused", CC: "A00A" });
  });
});
