import { describe, expect, it } from "vitest";
import { fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { crcOver } from "./crc.ts";
import { EXERCISER_ATR, EXERCISER_ATR_T0, serveExerciser } from "./serve.ts";

async function exerciser(workMs = 1, atr = EXERCISER_ATR) {
  const clock = new VirtualClock(new Date(0));
  const card = serveExerciser({ clock, workMs, atr });
  card.powerOn();
  const say = async (hex: string) => toHex((await card.transmit(fromHex(hex))) ?? new Uint8Array(0));
  return { card, clock, say };
}

function pattern(length: number): string {
  return toHex(new Uint8Array(length).map((_, at) => at * 7 + length));
}

describe("the reader exerciser", () => {
  it("has the CRC of CCITT", () => {
    expect(crcOver(new TextEncoder().encode("123456789"))).toBe(0x29b1);
    expect(crcOver(new Uint8Array(0))).toBe(0xffff);
  });

  it("has well-formed answers to reset", () => {
    expect(toHex(EXERCISER_ATR)).toBe("3B848131FE454558455285");
    expect(toHex(EXERCISER_ATR_T0)).toBe("3B0445584552");
  });

  it.each([
    ["00A4040008F050422D4558453100", "6F158408F050422D45584531A509DF1F06455845522D319000"],
    ["00A4040008F050422D45584531", "9000"],
    ["00A4040008F050422D4558453116", "6C17"],
    ["00A4040008F050422D4945503100", "6A82"],
    ["80100000", "9000"],
    ["8010123400", "9000"],
    ["8010000003010203", "9000"],
    ["801000000301020300", "0102039000"],
    ["801000000301020302", "6C03"],
    ["8012000303", `${pattern(3)}9000`],
    ["80120003", "6700"],
    ["8012000000", "9000"],
    ["8012000302", "6C03"],
    ["801280FF00", "6A86"],
    ["8012080100", "6A86"],
    ["80146A8202AABB00", "6A82"],
    ["8014628102AABB00", "AABB6281"],
    ["801490AA02AABB00", "AABB90AA"],
    ["8014610000", "6A86"],
    ["80146C0000", "6A86"],
    ["80145FFF00", "6A86"],
    ["80160003", "9000"],
    ["801801000F", "6A86"],
    ["8018000000", "010000000100000000000000000000009000"],
    ["8018000010", "010000000100000000000000000000009000"],
    ["80180000", "6700"],
    ["801800000F", "6C10"],
    ["801A000003313233", "6700"],
    ["801A000000", "6700"],
    ["801A00000331323304", `0003${toHex(uintToBytes(crcOver(fromHex("313233")), 2))}9000`],
    ["801C000000", "9000"],
    [`801C000021${"00".repeat(33)}`, "6700"],
    ["00C0000000", "6985"],
    ["00C0010000", "6A86"],
    ["8000000000", "6D00"],
    ["9010000000", "6884"],
    ["0010000000", "6E00"],
    ["80", "6700"],
    ["8010000005AA", "6700"],
  ])("%s is answered %s", async (command, answer) => {
    const { say } = await exerciser();
    expect(await say(command)).toBe(answer);
  });

  it("answers long patterns in parts, and forgets them at the next command", async () => {
    const { say } = await exerciser();
    const whole = pattern(700);
    expect(await say("801202BC00")).toBe(`${whole.slice(0, 512)}6100`);
    expect(await say("00C0000000")).toBe(`${whole.slice(512, 1024)}61BC`);
    expect(await say("00C00000BB")).toBe("6CBC");
    expect(await say("00C00000BC")).toBe(`${whole.slice(1024)}9000`);
    expect(await say("00C0000000")).toBe("6985");
    await say("801202BC00");
    await say("80100000");
    expect(await say("00C0000000")).toBe("6985");
  });

  it("gathers a chain, which any other command ends", async () => {
    const { say } = await exerciser();
    expect(await say("901A0000023132")).toBe("9000");
    expect(await say("901A00000133")).toBe("9000");
    expect(await say("801A00000634353637383904")).toBe("000929B19000");
    await say("901A0000023132");
    await say("80100000");
    expect(await say("801A0000013304")).toBe(`0001${toHex(uintToBytes(crcOver(fromHex("33")), 2))}9000`);
    for (let round = 0; round < 128; round++) expect(await say(`901A0000FF${"5A".repeat(255)}`)).toBe("9000");
    expect(await say(`901A000080${"5A".repeat(128)}`)).toBe("6A84"); // 32,768
    expect(await say("801A0000013304")).toContain("0001");
  });

  it("reports protocol, resets, commands and the command before", async () => {
    const { say, card } = await exerciser(1, EXERCISER_ATR_T0);
    await say("801000000301020300");
    expect(await say("8018000010")).toBe(
      `0000000001000000018010000003${toHex(uintToBytes(crcOver(fromHex("010203")), 2))}9000`,
    );
    card.reset(); // no command follows: it does not count
    card.reset();
    expect(await say("8018000010")).toBe("000000000200000000000000000000009000");
    expect(await say("8018000010")).toBe("0000000002000000018018000000FFFF9000");
  });

  it("remembers over power loss", async () => {
    const { say, card } = await exerciser();
    const most = "A5".repeat(32);
    expect(await say(`801C000020${most}`)).toBe("9000");
    card.powerOff();
    expect(await card.transmit(fromHex("801C000000"))).toBeNull();
    card.powerOn();
    expect(await say("801C000000")).toBe(`${most}9000`);
    expect(await say("801C00001F")).toBe("6C20");
    expect(await say("801C0000")).toBe("6700");
  });

  it("works for as long as it is told, and gives up when the power goes", async () => {
    const { say, clock, card } = await exerciser(5);
    expect(await say("80160102")).toBe("9000");
    expect(clock.monotonicMs()).toBe(5 * 258);
    const cut = say("8016FFFF");
    card.powerOff();
    expect(await cut).toBe("");
  });
});
