import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { VirtualClock } from "../core/clock.ts";
import type { Operator, OperatorStep } from "../flows/operator.ts";
import { parseOperator } from "./operator.ts";
import { robotOperator } from "./operator-robot.ts";
import { terminalOperator } from "./operator-terminal.ts";

const STEP: OperatorStep = {
  kind: "swap",
  text: "Take the card out and put the other one in",
  place: "slot 1",
  card: "expired",
  withinMs: 3_000,
};
const { bench } = loadBench("usb-example");
const quiet = () => new AbortController().signal;

test.each([
  ["terminal", "terminal"],
  ["none", "none"],
  ["tcp:127.0.0.1:7070", { host: "127.0.0.1", port: 7070 }],
  ["tcp:[::1]:7070", { host: "::1", port: 7070 }],
])("--operator %s", (text, choice) => {
  expect(parseOperator(text)).toEqual(choice);
});

test.each(["", "tty", "tcp:", "tcp::7070", "tcp:host", "tcp:host:0", "tcp:host:65536", "tcp:host:7x"])(
  "--operator %s is refused with what is expected",
  (text) => {
    expect(() => parseOperator(text)).toThrow(`--operator: found "${text}", expected terminal, none or tcp:HOST:PORT`);
  },
);

/** A terminal without one: what was shown, and fingers on its keys. */
function seat(clock = new VirtualClock(new Date(0))) {
  let shown = "";
  const listeners = new Set<(key: string) => void>();
  const keyboard = {
    onKey(listener: (key: string) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const io = {
    err(text: string) {
      shown += text;
    },
  };
  return {
    clock,
    operator: terminalOperator(io, keyboard, clock, bench),
    press(key: string) {
      for (const each of [...listeners]) each(key);
    },
    shown: () => shown,
    listeners,
  };
}

test.each([
  ["\r", "done"],
  ["c", "cannot"],
])("at a terminal, key %j says %s; other keys say nothing", async (key, answer) => {
  const at = seat(new VirtualClock(new Date(0)));
  const asked = at.operator.ask({ ...STEP, withinMs: 60_000 }, quiet());
  at.press("x");
  at.press(key);
  expect(await asked).toBe(answer);
  expect(at.shown()).toContain("║ slot 1: card under test                            ║ │ ◀ HERE");
  expect(at.shown()).toContain(`${STEP.text}.\n`);
  expect(at.listeners.size).toBe(0);
});

test("at a terminal the seconds count down to nobody", async () => {
  const at = seat();
  expect(await at.operator.ask(STEP, quiet())).toBe("late");
  expect([...at.shown().matchAll(/(\d+) s left/g)].map(([, seconds]) => seconds)).toEqual(["3", "2", "1"]);
  expect(at.listeners.size).toBe(0);
});

test("at a terminal a prompt is taken away when the bench has seen it", async () => {
  const at = seat();
  const over = new AbortController();
  const asked = at.operator.ask({ ...STEP, withinMs: 60_000 }, over.signal);
  over.abort("noticed");
  await asked;
  expect(at.shown()).toContain("Seen: thank you.");
  expect(at.listeners.size).toBe(0);
});

/** A robot that does `act` with each line it gets. */
async function withRobot(
  act: (line: Record<string, unknown>, socket: Socket) => void,
  use: (operator: Operator, heard: unknown[]) => Promise<void>,
) {
  const heard: unknown[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n").filter((each) => each !== "")) {
        heard.push(JSON.parse(line));
        act(JSON.parse(line), socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  using operator = await robotOperator({ host: "127.0.0.1", port });
  try {
    await use(operator, heard);
  } finally {
    server.close();
  }
}

test("a robot gets a step as a line and answers it", async () => {
  await withRobot(
    ({ step }, socket) => socket.write(`nonsense\n{"answer":99,"is":"done"}\n{"answer":${step},"is":"done"}\n`),
    async (operator, heard) => {
      expect(await operator.ask(STEP, quiet())).toBe("done");
      const { kind, place, card, text, withinMs } = STEP;
      expect(heard).toEqual([{ step: 1, kind, place, card, text, withinMs }]);
    },
  );
});

test("a robot hears that a step is over", async () => {
  const over = new AbortController();
  let told = (): void => undefined;
  const last = new Promise<void>((resolve) => {
    told = resolve;
  });
  await withRobot(
    (line) => ("over" in line ? told() : over.abort("noticed")),
    async (operator, heard) => {
      await operator.ask(STEP, over.signal);
      await last;
      expect(heard.at(-1)).toEqual({ over: 1, why: "noticed" });
    },
  );
});

test.each<[string, (socket: Socket) => void]>([
  ["hangs up", (socket) => socket.destroy()],
  ["says a line without end", (socket) => void socket.write("x".repeat(5_000))],
])("a robot that %s cannot do anything any more", async (_, act) => {
  await withRobot(
    (_line, socket) => act(socket),
    async (operator) => {
      expect(await operator.ask(STEP, quiet())).toBe("cannot");
      expect(await operator.ask(STEP, quiet())).toBe("cannot");
    },
  );
});

test.each(["null", "[]", "{}", '{"answer":"1","is":"done"}', '{"answer":1,"is":"maybe"}', '{"answer":1}', "{"])(
  "what is no answer is none: %s",
  async (line) => {
    await withRobot(
      ({ step }, socket) => socket.write(`${line}\n{"answer":${step},"is":"cannot"}\n`),
      async (operator) => expect(await operator.ask(STEP, quiet())).toBe("cannot"),
    );
  },
);

test("a robot that is not there is told", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  await expect(robotOperator({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "SERVICE_ABSENT" });
});
