import type { Clock } from "../../core/clock.ts";
import { noDeadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { MessageChannel, ServeChannel } from "../../device/contracts.ts";
import type { HsmKeys } from "./keys.ts";
import { type HsmRole, hsm } from "./model.ts";

export interface ServeHsmOptions {
  readonly keys: HsmKeys;
  /** Its own day. */
  readonly clock: Clock;
  /** The reference HSM when absent. */
  readonly role?: HsmRole;
}

/** Serves link HSM to every load server that connects: each frame is answered in its turn, until one is no frame. */
export function serveHsm({ keys, clock, role = hsm }: ServeHsmOptions): ServeChannel {
  return async (channel) => {
    const forever = noDeadline(clock);
    try {
      for (let bytes = await channel.receive(forever); bytes; bytes = await channel.receive(forever)) {
        if (!(await answer(channel, role, keys, bytes, today(clock)))) return;
      }
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown; // a peer that went away or sent nonsense is no failure here
    }
  };
}

/** False when the connection is to be closed. */
async function answer(
  channel: MessageChannel,
  role: HsmRole,
  keys: HsmKeys,
  bytes: Uint8Array,
  day: string,
): Promise<boolean> {
  for (const output of role.handle(keys, { kind: "frame", bytes, today: day }).outputs) {
    if (output.kind === "end") return false;
    await channel.send(output.bytes);
  }
  return true;
}

/** YYYYMMDD. */
function today(clock: Clock): string {
  return clock.wall().toISOString().slice(0, 10).replaceAll("-", "");
}
