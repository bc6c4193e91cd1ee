import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { identify, isAlive, type ProcessIdentity, signal } from "../core/process-identity.ts";
import { describeByteStream } from "../device/byte-stream.contract.ts";
import { type CardReaderBench, codeOf, describeCardReader, soon } from "../device/card-reader.contract.ts";
import { listReaders, openReader } from "../device/pcsc/open-reader.ts";
import { openSerial } from "../device/serial/open-serial.ts";
import { answeringCard, TEST_ATR } from "../device/virtual/wrong-cards.ts";
import type { LabControl } from "./control/client.ts";
import type { LabEvent } from "./control/messages.ts";
import { labControl, labDown, labStatus, labUp } from "./lab.ts";
import { labScript } from "./lab-script.ts";
import { labPaths } from "./paths.ts";
import { endForeignProcess } from "./process/end-process.ts";
import { openPseudoTerminal } from "./pseudo-terminal.ts";
import type { LabState } from "./state-file.ts";

const NAME = `test-${process.pid}`;
const OTHER = `${NAME}-b`;
const PATIENCE_MS = 20_000;
const run = promisify(execFile);

/** The lab is a process of its own and runs what was compiled; `npm test` has compiled before, a watcher has not. */
beforeAll(async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  if (await isCompiled(root)) return;
  // type errors are the business of `npm run lint`: what was emitted either works or fails below
  await run("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { cwd: root }).catch(messageOf);
  expect(existsSync(labScript("daemon"))).toBe(true);
}, 120_000);

async function isCompiled(root: string): Promise<boolean> {
  for (const folder of ["core", "device", "protocol", "lab"]) {
    for (const file of await readdir(`${root}/harness/${folder}`, { recursive: true })) {
      if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
      const source = await stat(`${root}/harness/${folder}/${file}`);
      const output = await stat(`${root}/.build/harness/${folder}/${file.replace(/ts$/, "js")}`).catch(() => undefined);
      if (!output || output.mtimeMs < source.mtimeMs) return false;
    }
  }
  return true;
}

function processesOf(state: LabState): ProcessIdentity[] {
  return [state.daemon, ...state.children.map((child) => child.process)];
}

function childrenOf(state: LabState, what: string): ProcessIdentity[] {
  return state.children.filter((child) => child.what.startsWith(what)).map((child) => child.process);
}

describe("the virtual lab", () => {
  let state: LabState;
  let control: LabControl;

  beforeAll(async () => {
    const start = performance.now();
    const up = await labUp(soon(PATIENCE_MS), { name: NAME });
    expect(up.wasRunning).toBe(false);
    expect(performance.now() - start).toBeLessThan(6000); // under one second alone, and more beside two other labs
    state = up.state;
    control = await labControl(soon(), { name: NAME });
  });

  afterAll(async () => {
    await control?.[Symbol.asyncDispose]();
    await labDown(soon(PATIENCE_MS), { name: NAME });
  });

  it("has five readers, as pcscd lists them", async () => {
    expect(await listReaders(soon(), { pcscSocket: state.pcscSocket })).toEqual(state.readers);
    expect(state.readers).toEqual([0, 1, 2, 3, 4].map((slot) => `Pursebench Virtual Reader 00 0${slot}`));
  });

  it("is found by a second start and left as it is", async () => {
    const again = await labUp(soon(PATIENCE_MS), { name: NAME });
    expect(again).toEqual({ state, wasRunning: true });
    expect(await labStatus(soon(), { name: NAME })).toMatchObject({ kind: "up", state });
  });

  it("lets a reader be named by part of its name and lists the candidates otherwise", async () => {
    const pcsc = { pcscSocket: state.pcscSocket };
    await using reader = await openReader("reader 00 03", soon(), pcsc);
    expect(reader.name).toBe("Pursebench Virtual Reader 00 03");
    await expect(openReader("virtual", soon(), pcsc)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("00 04"),
    });
    await expect(openReader("Gemalto", soon(), pcsc)).rejects.toMatchObject({
      code: "DEVICE_ABSENT",
      message: expect.stringContaining("Pursebench Virtual Reader 00 00"),
    });
  });

  it("refuses a second pcscd in one process", async () => {
    expect(await codeOf(listReaders(soon(), { pcscSocket: "/tmp/another.comm" }))).toBe("USAGE");
  });

  it("carries a card over every slot at once", async () => {
    const slots = [0, 1, 2, 3, 4];
    for (const slot of slots) await control.insert(slot, { kind: "answers", sw: `900${slot}` }, soon());
    const answers = await Promise.all(
      slots.map(async (slot) => {
        await using reader = await openReader(`00 0${slot}`, soon(), { pcscSocket: state.pcscSocket });
        await reader.waitForCard(soon());
        await using channel = await reader.connect(soon());
        return toHex(await channel.transmit(fromHex("80CA0000"), soon()));
      }),
    );
    expect(answers).toEqual(["9000", "9001", "9002", "9003", "9004"]);
    for (const slot of slots) await control.remove(slot, soon());
  });

  it("keeps the driver patient while a card works for long", async () => {
    await control.insert(1, { kind: "answers", sw: "9000", delayMs: 3500 }, soon());
    await using reader = await openReader("00 01", soon(), { pcscSocket: state.pcscSocket });
    await reader.waitForCard(soon());
    await using channel = await reader.connect(soon());
    expect(toHex(await channel.transmit(fromHex("80CA0000"), soon(10_000)))).toBe("9000");
    await control.remove(1, soon());
  });

  it("shows a card that was swapped as removed and inserted", async () => {
    await control.insert(1, { kind: "answers", sw: "9000" }, soon());
    await using reader = await openReader("00 01", soon(), { pcscSocket: state.pcscSocket });
    await reader.waitForCard(soon());
    const heard: boolean[] = [];
    const back = new Promise<void>((resolve) => {
      reader.onPresence((present) => {
        heard.push(present);
        if (present) resolve();
      });
    });
    await control.insert(1, { kind: "answers", sw: "6A82" }, soon());
    await back;
    expect(heard).toEqual([false, true]);
    await control.remove(1, soon());
  });

  it("exchanges a card for one with the same answer to reset while it has no power, unseen", async () => {
    await control.insert(1, { kind: "answers", sw: "9000" }, soon());
    await using reader = await openReader("00 01", soon(), { pcscSocket: state.pcscSocket });
    await reader.waitForCard(soon());
    const heard: boolean[] = [];
    reader.onPresence((present) => heard.push(present));
    const another = () => control.exchange(1, { kind: "answers", sw: "6A82" }, soon());
    {
      await using channel = await reader.connect(soon());
      expect(await another()).toBe(false);
      expect(toHex(await channel.transmit(fromHex("80CA0000"), soon()))).toBe("9000");
    }
    expect(await another()).toBe(true);
    await using channel = await reader.connect(soon());
    expect(toHex(await channel.transmit(fromHex("80CA0000"), soon()))).toBe("6A82");
    expect(heard).toEqual([]);
    await control.remove(1, soon());
  });

  it("plugs a vpcd card in while its program is connected, one at a time", async () => {
    const events: LabEvent[] = [];
    const undo = await control.onEvent((event) => events.push(event), soon());
    const { details } = await control.insert(4, { kind: "vpcd", port: 0 }, soon());
    const port = Number(details?.port);
    await using reader = await openReader("00 04", soon(), { pcscSocket: state.pcscSocket });
    expect(reader.isCardPresent()).toBe(false);
    const card = playVpcd(port);
    await reader.waitForCard(soon());
    await using channel = await reader.connect(soon());
    expect(toHex(channel.atr)).toBe(toHex(TEST_ATR));
    expect(toHex(await channel.transmit(fromHex("00A4040000"), soon()))).toBe("9077");
    const second = playVpcd(port);
    await second.closed;
    expect(toHex(await channel.transmit(fromHex("00A4040000"), soon()))).toBe("9077");
    const noticed = new Promise((resolve) => reader.onPresence(resolve));
    card.end();
    expect(await noticed).toBe(false);
    expect(await codeOf(channel.transmit(fromHex("00A4040000"), soon()))).toBe("DEVICE_LOST");
    expect(events).toEqual([
      { event: "card-inserted", slot: 4 },
      { event: "card-removed", slot: 4 },
    ]);
    undo();
    await control.remove(4, soon());
  });

  it("refuses cards and slots that it does not have, and lists what it has", async () => {
    await expect(control.insert(0, { kind: "unheard-of" }, soon())).rejects.toMatchObject({
      code: "USAGE",
      mend: expect.stringContaining("malformed-atr"),
    });
    expect(await codeOf(control.insert(5, { kind: "mute" }, soon()))).toBe("USAGE");
    expect(await codeOf(control.insert(0, { kind: "answers", sw: "9" }, soon()))).toBe("USAGE");
    expect(await codeOf(control.insert(0, { kind: "vpcd", port: -1 }, soon()))).toBe("USAGE");
  });

  it("does not fall over what is no request", async () => {
    const socket = connect(state.control);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    socket.write(`no JSON\n{"id":1}\n${"x".repeat(100_000)}`);
    await closed;
    expect((await control.slots(soon())).length).toBe(5);
  });

  describe("seen through PC/SC, its reader", () => {
    describeCardReader(async (): Promise<CardReaderBench> => {
      const reader = await openReader("00 02", soon(), { pcscSocket: state.pcscSocket });
      return {
        reader,
        insert: async (kind) => {
          await control.insert(2, { kind, sw: "6A82" }, soon());
        },
        remove: () => control.remove(2, soon()),
        async [Symbol.asyncDispose](): Promise<void> {
          await control.remove(2, soon());
          await reader[Symbol.asyncDispose]();
        },
      };
    });
  });

  describe("its terminal line", () => {
    const settings = { baudRate: 9600, dataBits: 8, parity: "even", stopBits: 1 } as const;

    it("echoes when no terminal emulator was given, and to one program after the other", async () => {
      for (const word of ["112233", "445566"]) {
        await using line = await openSerial({ path: state.terminal, ...settings }, soon());
        const heard = new Promise<Uint8Array>((resolve) => line.onBytes(resolve));
        await line.write(fromHex(word), soon());
        expect(toHex(await heard)).toBe(word);
      }
    });

    it("is held by one program at a time", async () => {
      await using _line = await openSerial({ path: state.terminal, ...settings }, soon());
      expect(await codeOf(openSerial({ path: state.terminal, ...settings }, soon()))).toBe("DEVICE_BUSY");
      expect(await codeOf(openSerial({ path: "/dev/no-such-line", ...settings }, soon()))).toBe("DEVICE_ABSENT");
    });
  });
});

describe("when pcscd dies", () => {
  it("everything that is open says SERVICE_ABSENT or that the reader is gone", async () => {
    const { state } = await labUp(soon(PATIENCE_MS), { name: NAME });
    await using control = await labControl(soon(), { name: NAME });
    await control.insert(3, { kind: "answers", sw: "9000" }, soon());
    await using reader = await openReader("00 03", soon(), { pcscSocket: state.pcscSocket });
    await reader.waitForCard(soon());
    await using channel = await reader.connect(soon());
    const gone = new Promise((resolve) => reader.onPresence(resolve));
    for (const pcscd of childrenOf(state, "pcscd")) await kill(pcscd);
    expect(await gone).toBe(false);
    expect(await codeOf(channel.transmit(fromHex("80CA0000"), soon()))).toBe("SERVICE_ABSENT");
    expect(await codeOf(reader.waitForCard(soon()))).toBe("SERVICE_ABSENT");
    await control.ended;
    expect(await codeOf(listReaders(soon(), { pcscSocket: state.pcscSocket }))).toBe("SERVICE_ABSENT");
  });
});

describe("a serial line", () => {
  describeByteStream(
    async () => {
      const path = `${labPaths(NAME).directory}-line`;
      const line = await openPseudoTerminal(path, undefined);
      const near = await openSerial({ path, baudRate: 9600, dataBits: 8, parity: "even", stopBits: 1 }, soon());
      return {
        near,
        far: line.stream,
        async [Symbol.asyncDispose](): Promise<void> {
          await near[Symbol.asyncDispose]();
          await line[Symbol.asyncDispose]();
        },
      };
    },
    { tellsFarEnd: false },
  );
});

describe("starting and ending the virtual lab", () => {
  afterAll(async () => {
    await labDown(soon(PATIENCE_MS), { name: OTHER });
    await labDown(soon(PATIENCE_MS), { name: NAME });
  });

  it("leaves no process and no file behind", async () => {
    const { state } = await labUp(soon(PATIENCE_MS), { name: OTHER });
    expect(processesOf(state).every(isAlive)).toBe(true);
    expect(await labDown(soon(PATIENCE_MS), { name: OTHER })).toBe(true);
    expect(processesOf(state).filter(isAlive)).toEqual([]);
    expect(existsSync(labPaths(OTHER).directory)).toBe(false);
    expect(existsSync(`${labPaths(OTHER).directory}.lock`)).toBe(false);
    expect(await labStatus(soon(), { name: OTHER })).toEqual({ kind: "down" });
    expect(await labDown(soon(PATIENCE_MS), { name: OTHER })).toBe(false);
  });

  it("runs two labs at once that do not know each other", async () => {
    const [one, two] = await Promise.all([NAME, OTHER].map((name) => labUp(soon(PATIENCE_MS), { name })));
    expect(one?.state.pcscSocket).not.toBe(two?.state.pcscSocket);
    expect(one?.state.readers).toEqual(two?.state.readers);
    await labDown(soon(PATIENCE_MS), { name: NAME });
    expect((await labStatus(soon(), { name: OTHER })).kind).toBe("up");
    await labDown(soon(PATIENCE_MS), { name: OTHER });
  });

  it("starts once when it is asked for twice at the same time", async () => {
    const both = await Promise.all([1, 2].map(() => labUp(soon(PATIENCE_MS), { name: OTHER })));
    expect(both.map((up) => up.wasRunning).sort()).toEqual([false, true]);
    expect(both[0]?.state).toEqual(both[1]?.state);
    await labDown(soon(PATIENCE_MS), { name: OTHER });
  });

  it("cleans up after a lab that was killed, children included, and starts anew", async () => {
    const { state: killed } = await labUp(soon(PATIENCE_MS), { name: OTHER });
    await kill(killed.daemon);
    expect((await labStatus(soon(), { name: OTHER })).kind).toBe("crashed");
    const { state, wasRunning } = await labUp(soon(PATIENCE_MS), { name: OTHER });
    expect(wasRunning).toBe(false);
    expect(processesOf(killed).filter(isAlive)).toEqual([]);
    expect(processesOf(state).every(isAlive)).toBe(true);
    await kill(state.daemon);
    expect(await labDown(soon(PATIENCE_MS), { name: OTHER })).toBe(true);
    expect(processesOf(state).filter(isAlive)).toEqual([]);
    expect(existsSync(labPaths(OTHER).directory)).toBe(false);
  });

  it("ends when its pcscd dies", async () => {
    const { state } = await labUp(soon(PATIENCE_MS), { name: OTHER });
    const control = await labControl(soon(), { name: OTHER });
    for (const pcscd of childrenOf(state, "pcscd")) await kill(pcscd);
    await control.ended;
    expect(existsSync(labPaths(OTHER).directory)).toBe(false);
  });

  it("tells why it cannot start", async () => {
    await expect(labUp(soon(PATIENCE_MS), { name: OTHER, daemonScript: "/no/such/script.js" })).rejects.toMatchObject({
      code: "SERVICE_ABSENT",
    });
    expect(await codeOf(labUp(soon(), { name: "Not a Name" }))).toBe("USAGE");
  });

  it("never signals a process that merely has the number of one that ended", () => {
    const own = identify(process.pid);
    expect(own && isAlive(own)).toBe(true);
    const impostor = { pid: process.pid, startTicks: "1" };
    expect(isAlive(impostor)).toBe(false);
    signal(impostor, "SIGKILL"); // we are still here
  });
});

async function kill(identity: ProcessIdentity): Promise<void> {
  signal(identity, "SIGKILL");
  await endForeignProcess(identity, "the process", systemClock);
}

/** A card program written from the protocol's description, without our codec. */
function playVpcd(port: number): { end(): void; closed: Promise<unknown> } {
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const card = answeringCard(fromHex("9077"));
  let held = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", async (more: Buffer) => {
    held = Buffer.concat([held, more]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const message = held.subarray(2, 2 + held.readUInt16BE(0));
      held = held.subarray(2 + message.length);
      const answer = message.length > 1 ? await card.transmit(message) : message[0] === 4 ? await card.powerOn() : null;
      if (answer) socket.write(concat(uintToBytes(answer.length, 2), answer));
    }
  });
  return { end: () => socket.destroy(), closed };
}
