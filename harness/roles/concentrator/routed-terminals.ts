import type { TerminalAccess } from "../../link/exchange.ts";
import { encodeRefusal } from "./model.ts";

const UNKNOWN_TERMINAL = "A009";

/**
 * Terminals that are reached in different ways, each in exactly one: through a concentrator, directly, or driven by the
 * payment server itself. By IDTERM; an unknown one is answered for as a concentrator would.
 */
export function routedTerminals(byId: ReadonlyMap<string, TerminalAccess>): TerminalAccess {
  return {
    async exchange(IDTERM, message, deadline) {
      const way = byId.get(IDTERM);
      if (way === undefined) return encodeRefusal(IDTERM, message, UNKNOWN_TERMINAL);
      return await way.exchange(IDTERM, message, deadline);
    },
  };
}
