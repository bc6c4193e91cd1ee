import type { Deadline } from "../core/deadline.ts";
import type { CardReader } from "../device/contracts.ts";
import { openReader, type PcscOptions } from "../device/pcsc/open-reader.ts";
import { wholeApdus } from "../link/whole-apdus.ts";

/** A PC/SC reader whose channels carry APDUs, also to cards that speak T=0. Rejects as `openReader`. */
export async function openPcscReader(
  wanted: string,
  deadline: Deadline,
  options: PcscOptions = {},
): Promise<CardReader> {
  return wholeApdus(await openReader(wanted, deadline, options));
}
