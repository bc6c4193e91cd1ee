/** A program that plays a card over the vpcd protocol. It connects to us; the card is in the slot while it is connected. */
import { createServer, type Socket } from "node:net";
import { z } from "zod";
import { PursebenchError } from "../../core/errors.ts";
import type { CardSpec, Occupant, SlotHand } from "./card-kind.ts";
import { listenForCards, VpcdConnection } from "./vpcd-connection.ts";

const vpcdSpec = z.object({ port: z.number().int().min(0).max(65535) });

/** Listens on 127.0.0.1 at `spec.port` (0 takes a free one, told in `details.port`) for one card program at a time. */
export async function vpcdCard(spec: CardSpec, slot: SlotHand): Promise<Occupant> {
  const parsed = vpcdSpec.safeParse(spec);
  if (!parsed.success) {
    throw new PursebenchError("USAGE", "a card of kind vpcd needs port, 0 to 65535", {
      mend: 'e.g. {"kind":"vpcd","port":35963}',
    });
  }
  let current: Socket | undefined;
  const server = createServer((socket) => {
    if (current) {
      socket.destroy(); // one card fits the slot
      return;
    }
    current = socket;
    socket.once("close", () => {
      current = undefined;
      slot.remove();
    });
    void present(new VpcdConnection(socket), slot);
  });
  const port = await listenForCards(server, parsed.data.port);
  return {
    details: { port },
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      current?.destroy();
      await closed;
      slot.remove();
    },
  };
}

/** The answer to reset is asked for before the card counts as inserted, so that a silent program is no card. */
async function present(connection: VpcdConnection, slot: SlotHand): Promise<void> {
  connection.send({ kind: "power-on" });
  const atr = await connection.ask({ kind: "atr" });
  if (atr !== null) slot.insert(connection.card());
}
