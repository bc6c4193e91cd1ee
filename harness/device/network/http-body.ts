import type { IncomingMessage } from "node:http";

/** A body is longer than it may be. */
export class TooLarge extends Error {}

/** The whole body as text, `undefined` when it is no UTF-8. Throws `TooLarge` as soon as it passes `limit` bytes. */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<string | undefined> {
  if (Number(incoming.headers["content-length"] ?? 0) > limit) throw new TooLarge();
  const bytes = await collect(incoming, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // the decoder has no other way to say so
  }
}

/** By events, not by iteration: leaving an iteration early would destroy the socket before the answer is sent. */
function collect(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    incoming.on("data", (part: Buffer) => {
      length += part.length;
      if (length <= limit) parts.push(part);
      else reject(new TooLarge());
    });
    incoming.once("end", () => resolve(Buffer.concat(parts)));
    incoming.once("error", reject);
    incoming.once("close", () => reject(new Error("the peer went away in the middle of a body")));
  });
}
