import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../bench/package-root.ts";
import { fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { t0IccEnd } from "../../link/icc/t0-icc-end.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { JavaConsole } from "./java-console.ts";
import { CARDS_JAR, type JavaCard, JavaRuntime } from "./java-runtime.ts";
import { listenForCards, VpcdConnection } from "./vpcd-connection.ts";

const SELECT_EXERCISER = "00A4040008F050422D4558453100";
const EXERCISER_FCI = "6F158408F050422D45584531A509DF1F06455845522D31";

let runtime: JavaRuntime;
beforeAll(async () => {
  runtime = await JavaRuntime.open(deadlineIn(systemClock, 30_000));
}, 60_000);
afterAll(() => runtime[Symbol.asyncDispose]());

async function answer(card: JavaCard, command: string): Promise<string | null> {
  const bytes = await card.transmit(fromHex(command.replaceAll(" ", "")));
  return bytes === null ? null : toHex(bytes);
}

async function poweredExerciser(): Promise<JavaCard> {
  const card = await runtime.newCard("exerciser");
  await card.powerOn();
  expect(await answer(card, SELECT_EXERCISER)).toBe(`${EXERCISER_FCI}9000`);
  return card;
}

describe("a Java Card", () => {
  it.each([
    ["iep", "JC-IEP"],
    ["psam", "JC-PSAM"],
    ["exerciser", "JC-EXE"],
  ] as const)("of kind %s has a well-formed answer to reset that names it", async (kind, name) => {
    await using card = await runtime.newCard(kind);
    const atr = await card.powerOn();
    const parsed = parseAtr(atr ?? new Uint8Array(0));
    expect(parsed).toMatchObject({ ok: true, atr: { firstProtocol: 1, t1: { edc: "LRC", ifsc: 254, bwi: 4 } } });
    expect(Buffer.from(atr ?? []).toString("latin1")).toContain(name);
  });

  it("has the answer to reset that it is given, and its protocol", async () => {
    await using card = await runtime.newCard("exerciser", fromHex("3B00"));
    expect(await card.powerOn()).toEqual(fromHex("3B00"));
    await answer(card, SELECT_EXERCISER);
    expect((await answer(card, "8018000000"))?.slice(0, 2)).toBe("00");
  });

  it("that is an exerciser speaks T=0 by its own account of its commands", async () => {
    await using card = await runtime.newCard("exerciser", fromHex("3B00"));
    await card.powerOn();
    const end = t0IccEnd(card);
    const gives = async (tpdu: string, expected: string) => {
      expect(toHex((await end.transfer(fromHex(tpdu.replaceAll(" ", "")))) ?? new Uint8Array(0))).toBe(expected);
    };
    await gives("8010000000", "9000");
    await gives("80100000 02 A1A2", "6102");
    await gives("00C0000002", "A1A29000");
    await gives("8012000300", "6C03");
    await gives("8012000303", "030A119000");
    await gives("801C0000 02 BEEF", "9000");
    await gives("801C000000", "6C02");
    await gives("801C000002", "BEEF9000");
    await gives("901A0000 02 3132", "9000");
    await gives("801A0000 07 33343536373839", "6104");
    await gives("00C0000004", "000929B19000");
    expect(toHex((await end.transfer(fromHex("8012010200"))) ?? new Uint8Array(0)).slice(-4)).toBe("6102");
    await gives("00C0000002", "02099000");
  });

  it("keeps what it wrote over power loss, and forgets the rest in a reset", async () => {
    await using card = await poweredExerciser();
    expect(await answer(card, "801C0000 03 C0FFEE")).toBe("9000");
    card.powerOff?.();
    expect(await answer(card, "801C000000")).toBeNull();
    await card.powerOn();
    expect(await answer(card, "801C000000")).toBe("C0FFEE9000");
    expect(await answer(card, "8018000000")).toMatch(/^010000000200000001/);
    await card.reset();
    expect(await answer(card, "8018000000")).toMatch(/^010000000300000000/);
  });

  it("is not disturbed by another that works at the same time", async () => {
    await using one = await poweredExerciser();
    await using other = await poweredExerciser();
    const talk = async (card: JavaCard, name: string) => {
      for (let round = 0; round < 50; round++) {
        expect(await answer(card, `801C0000 01 ${name}`)).toBe("9000");
        expect(await answer(card, "801C000000")).toBe(`${name}9000`);
      }
    };
    await Promise.all([talk(one, "01"), talk(other, "02")]);
  });

  it("says nothing when its power is torn at a write, and has the old value then, or the new one", async () => {
    await using card = await poweredExerciser();
    await answer(card, "801C0000 01 01");
    for (const [at, kept] of [
      ["before-command", "01"],
      [{ write: 1, part: "before" }, "01"],
      [{ write: 1, part: "within" }, "01"],
      [{ write: 1, part: "after" }, "02"],
      ["after-command", "02"],
    ] as const) {
      let torn = 0;
      card.tearAt({ INS: 0x1c, P1: 0, at }, () => torn++);
      expect(await answer(card, "80100000")).toBe("9000");
      expect(await answer(card, "801C0000 01 02")).toBeNull();
      expect(torn).toBe(1);
      await card.powerOn();
      await answer(card, SELECT_EXERCISER);
      expect(await answer(card, "801C000000")).toBe(`${kept}9000`);
      await answer(card, "801C0000 01 01");
    }
  });

  it("forgets a tear that is taken back", async () => {
    await using card = await poweredExerciser();
    card.tearAt({ INS: 0x1c, P1: 0, at: "before-command" });
    card.tearAt(undefined);
    expect(await answer(card, "801C0000 01 02")).toBe("9000");
  });
});

describe("the Java Card runtime", () => {
  it("tells how to build what is missing", async () => {
    await expect(JavaRuntime.open(deadlineIn(systemClock, 1000), "/nowhere.jar")).rejects.toMatchObject({
      code: "SERVICE_ABSENT",
      mend: expect.stringContaining("npm run applets"),
    });
  });

  it("tells what Java says of a file that is no program", async () => {
    await expect(JavaRuntime.open(deadlineIn(systemClock, 20_000), import.meta.filename)).rejects.toMatchObject({
      code: "SERVICE_ABSENT",
      message: expect.stringContaining("jarfile"),
    });
  });

  it("tells what to install where there is no Java", async () => {
    await expect(JavaConsole.open("any.jar", deadlineIn(systemClock, 1000), "/nowhere/java")).rejects.toMatchObject({
      code: "SERVICE_ABSENT",
      mend: expect.stringContaining("default-jdk-headless"),
    });
  });

  it("plays one blank card to any vpcd reader, until that goes", async () => {
    const server = createServer();
    const port = await listenForCards(server, 0);
    const program = spawn("java", [
      "-jar",
      join(packageRoot(), CARDS_JAR),
      "--connect",
      `127.0.0.1:${port}`,
      "exerciser",
    ]);
    const [socket] = (await once(server, "connection")) as [Socket];
    const card = new VpcdConnection(socket).card();
    expect(parseAtr((await card.powerOn()) ?? new Uint8Array(0)).ok).toBe(true);
    expect(toHex((await card.transmit(fromHex(SELECT_EXERCISER))) ?? new Uint8Array(0))).toBe(`${EXERCISER_FCI}9000`);
    socket.destroy();
    server.close();
    expect(await once(program, "exit")).toEqual([0, null]);
  });

  it("ends when its standard input does, as it does when we are gone", async () => {
    const program = spawn("java", ["-jar", join(packageRoot(), CARDS_JAR)]);
    program.stdin.write("new a exerciser\n");
    await once(program.stdout, "data");
    program.stdin.end();
    expect(await once(program, "exit")).toEqual([0, null]);
  });

  it("leaves its cards mute when it ends", async () => {
    const other = await JavaRuntime.open(deadlineIn(systemClock, 30_000));
    const card = await other.newCard("exerciser");
    await card.powerOn();
    await other[Symbol.asyncDispose]();
    expect(await answer(card, SELECT_EXERCISER)).toBeNull();
    await expect(other.newCard("iep")).rejects.toMatchObject({ code: "SERVICE_ABSENT" });
    await card[Symbol.asyncDispose]();
  });
});
