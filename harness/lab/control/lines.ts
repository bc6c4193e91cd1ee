import type { Socket } from "node:net";
import { LINE_BOUND } from "./messages.ts";

/** Calls `listener` for each whole line; a peer whose line grows beyond the bound is cut off. */
export function onLines(socket: Socket, listener: (line: string) => void): void {
  let pending = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    if (pending.length > LINE_BOUND) socket.destroy();
    for (const line of lines) listener(line);
  });
}

/** The JSON value in `line`, or `undefined` when there is none. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
