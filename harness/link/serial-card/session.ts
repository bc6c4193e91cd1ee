import type { Deadline } from "../../core/deadline.ts";

/** A card that is powered and speaks one protocol: command APDU in, response APDU out. */
export interface Session {
  transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array>;
}
