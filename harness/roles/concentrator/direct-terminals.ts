import type { Exchange, TerminalAccess } from "../../link/exchange.ts";
import { encodeRefusal } from "./model.ts";

const UNKNOWN_TERMINAL = "A009";

/** Terminals without a concentrator between; an unknown one is answered for as a concentrator would. */
export function directTerminals(lines: ReadonlyMap<string, Exchange>): TerminalAccess {
  return {
    async exchange(IDTERM, message, deadline) {
      const line = lines.get(IDTERM);
      return line ? await line.exchange(message, deadline) : encodeRefusal(IDTERM, message, UNKNOWN_TERMINAL);
    },
  };
}
