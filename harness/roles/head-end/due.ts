import type { Message } from "../../protocol/messages/layouts.ts";
import type { HeadEndState } from "./state.ts";

/** Whether a message is about the sale of this session; a refusal may do without the identifier. */
export function isOfThisSale(state: HeadEndState, message: Message): boolean {
  if (!("IDTRX" in message) || message.IDTRX === undefined) return message.kind === "refusal";
  return message.IDTRX === state.sale?.IDTRX;
}
