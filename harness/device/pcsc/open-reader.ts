import type { Deadline } from "../../core/deadline.ts";
import type { CardReader } from "../contracts.ts";
import { PcscReader } from "./reader.ts";
import { selectReader } from "./select-reader.ts";
import { PcscSession } from "./session.ts";

export interface PcscOptions {
  /**
   * Path of the socket of the pcscd to use, from the bench description; without it the system's own. One process can
   * use one pcscd only, see `socket.ts`.
   */
  readonly pcscSocket?: string | undefined;
}

/** Names of all readers that pcscd knows, in its order. `SERVICE_ABSENT` when pcscd is not running. */
export async function listReaders(deadline: Deadline, options: PcscOptions = {}): Promise<readonly string[]> {
  using session = await PcscSession.open(options.pcscSocket);
  return await session.names(deadline);
}

/**
 * The reader called `wanted`, or the only one whose name contains `wanted` in any case.
 * `DEVICE_ABSENT` when none does, `USAGE` when several do, `SERVICE_ABSENT` when pcscd is not running.
 */
export async function openReader(wanted: string, deadline: Deadline, options: PcscOptions = {}): Promise<CardReader> {
  const session = await PcscSession.open(options.pcscSocket);
  try {
    const name = selectReader(await session.names(deadline), wanted);
    return await PcscReader.open(session, name, deadline);
  } catch (thrown) {
    session[Symbol.dispose]();
    throw thrown;
  }
}
