/**
 * A robot at a TCP port (`operator.md`): one line of JSON for each step, one for each answer. It is a program that nobody here
 * wrote: what it says is bounded, and anything but an answer to the step that is under way counts as none.
 */
import { connect, type Socket } from "node:net";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { Operator, OperatorAnswer, OperatorStep } from "../flows/operator.ts";

/** A line of a robot is no longer than that, in characters. */
const MOST_LINE = 1_024;
const CONNECT_MS = 5_000;

export interface RobotPlace {
  readonly host: string;
  readonly port: number;
}

/** A connection that stays for the whole run. Rejects with `SERVICE_ABSENT` where nobody listens. */
export async function robotOperator({ host, port }: RobotPlace): Promise<Operator & Disposable> {
  const socket = await opened(host, port);
  const waiting = new Map<number, (answer: OperatorAnswer) => void>();
  let isGone = false;
  let steps = 0;
  const gone = () => {
    isGone = true;
    for (const answer of waiting.values()) answer("cannot");
    socket.destroy();
  };
  socket.on("error", gone).on("close", gone);
  hearLines(socket, gone, (line) => {
    const said = answerIn(line);
    if (said) waiting.get(said.id)?.(said.answer);
  });
  return {
    name: "robot",
    ask: (step, signal) => {
      if (isGone) return Promise.resolve<OperatorAnswer>("cannot");
      const id = ++steps;
      socket.write(`${JSON.stringify(asLine(id, step))}\n`);
      return new Promise<OperatorAnswer>((resolve) => {
        const end = (answer: OperatorAnswer) => {
          waiting.delete(id);
          signal.removeEventListener("abort", takenAway);
          resolve(answer);
        };
        const takenAway = () => {
          if (!isGone) socket.write(`${JSON.stringify({ over: id, why: String(signal.reason) })}\n`);
          end("late");
        };
        waiting.set(id, end);
        if (signal.aborted) takenAway();
        else signal.addEventListener("abort", takenAway, { once: true });
      });
    },
    [Symbol.dispose]: gone,
  };
}

function asLine(id: number, { kind, place, card, text, withinMs }: OperatorStep): object {
  return { step: id, kind, place, ...(card === undefined ? {} : { card }), text, withinMs };
}

/** `{"answer":3,"is":"done"}`; anything else says nothing. */
function answerIn(line: string): { readonly id: number; readonly answer: OperatorAnswer } | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof said !== "object" || said === null || !("answer" in said) || !("is" in said)) return undefined;
  const { answer: id, is } = said;
  if (typeof id !== "number" || (is !== "done" && is !== "cannot")) return undefined;
  return { id, answer: is };
}

function hearLines(socket: Socket, tooLong: () => void, hear: (line: string) => void): void {
  let kept = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (kept + text).split("\n");
    kept = lines.pop() ?? "";
    if ([...lines, kept].some((line) => line.length > MOST_LINE)) tooLong();
    else for (const line of lines) hear(line);
  });
}

async function opened(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, timeout: CONNECT_MS });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
      socket.once("timeout", () => reject(new Error(`no answer within ${CONNECT_MS / 1_000} s`)));
    });
  } catch (cause) {
    socket.destroy();
    const mend = "start the robot first, or leave --operator away";
    throw new PursebenchError("SERVICE_ABSENT", `no robot at ${host}:${port}: ${messageOf(cause)}`, { mend, cause });
  }
  return socket.setTimeout(0);
}
