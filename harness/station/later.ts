import { PursebenchError } from "../core/errors.ts";
import type { Connector } from "../device/contracts.ts";

/** A way that may change when its server is started again. */
export function later(current: () => Connector | undefined, what: string): Connector {
  return {
    connect: async (deadline) => {
      const connector = current();
      if (!connector) throw new PursebenchError("SERVICE_ABSENT", `the ${what} is not up`, { owner: "server" });
      return await connector.connect(deadline);
    },
  };
}
