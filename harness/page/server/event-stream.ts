import type { ServerResponse } from "node:http";
import type { LiveState } from "./live-state.ts";

/** Changes that come closer together travel together: a run has hundreds a second, a screen shows ten. */
const GATHER_MS = 80;
/** A line of comment keeps proxies and the browser from thinking that the station is gone. */
const HEARTBEAT_MS = 10_000;

/**
 * Sends the state and its changes as server-sent events until the browser is gone. A browser that reads slowly gets fewer,
 * and always the newest. Returns what ends it.
 */
export function streamState(response: ServerResponse, state: LiveState, lastEventId: string | undefined): () => void {
  let known = lastEventId;
  let gather: NodeJS.Timeout | undefined;
  const flush = () => {
    gather = undefined;
    if (response.writableNeedDrain) return; // "drain" flushes
    const changes = state.since(known);
    known = changes.at(-1)?.id ?? known;
    if (changes.length > 0) {
      response.write(changes.map(({ id, name, json }) => `id: ${id}\nevent: ${name}\ndata: ${json}\n\n`).join(""));
    }
  };
  const soon = () => {
    gather ??= setTimeout(flush, GATHER_MS);
  };
  const hello = () => `event: hello\ndata: ${JSON.stringify({ now: Date.now() })}\n\n`;
  response.write(`retry: 1000\n${hello()}`);
  flush();
  const undo = state.onChange(soon);
  const heartbeat = setInterval(() => response.write(hello()), HEARTBEAT_MS);
  const end = () => {
    clearInterval(heartbeat);
    clearTimeout(gather);
    undo();
  };
  response.on("drain", flush);
  response.on("error", end);
  response.once("close", end);
  return () => {
    end();
    response.end();
  };
}
