import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Connector } from "../../device/contracts.ts";
import type { HttpHandler } from "../../link/exchange.ts";
import { checkHolder } from "../account-holder/contract.ts";
import { questionOf, responseOf } from "../account-holder/http.ts";
import { answerQuestion, type HolderParts } from "../account-holder/perform.ts";
import { sessionAccounts } from "../account-holder/session-accounts.ts";

export interface BankServerOptions extends Omit<HolderParts, "as" | "inquire" | "sessions"> {
  /** Link 236, for inquiries. */
  readonly loadServer: Connector;
  /** How long the load server's answer is waited for; 15,000 when absent. */
  readonly answerMs?: number;
}

export interface BankServer {
  readonly handler: HttpHandler;
  /**
   * Asks the load server about every hold that is at least that old, minutes; 60 when absent, zero at the start of the server.
   * How many of them have ended by that.
   */
  settleHolds(olderThanMinutes?: number): Promise<number>;
}

/** The bank server of FIG 15; a carrier brings it requests. `USAGE` for a holder that could make no allowed page. */
export function serveBank(options: BankServerOptions): BankServer {
  const { holder, loads, clock } = options;
  checkHolder(holder);
  if (holder.source !== "bank") {
    throw new PursebenchError("USAGE", `${holder.IDMER} is no bank`, { mend: "its accounts are the load server's" });
  }
  const inquire = (bytes: Uint8Array) => inquireAt(options, bytes);
  const parts: HolderParts = { ...options, as: "bank-server", sessions: sessionAccounts(), inquire };
  return {
    async handler(request) {
      const asked = questionOf(holder, request);
      return asked.ok ? responseOf(await answerQuestion(parts, asked.question)) : asked.response;
    },
    async settleHolds(olderThanMinutes = 60) {
      const before = new Date(clock.wall().getTime() - olderThanMinutes * 60_000).toISOString();
      const held = (await loads.loads(holder.IDMER)).filter((load) => load.status === "held" && load.updated <= before);
      let ended = 0;
      for (const { IDTRX } of held) {
        const answer = await answerQuestion(parts, { kind: "settle", IDTRX });
        if (answer.kind === "settled" && answer.status !== "open") ended++;
      }
      return ended;
    },
  };
}

/** One message, one answer, on a channel of its own. A load server that is not there leaves the hold as it is. */
async function inquireAt(
  { clock, loadServer, answerMs = 15_000 }: BankServerOptions,
  bytes: Uint8Array,
): Promise<Uint8Array | undefined> {
  const deadline = deadlineIn(clock, answerMs);
  try {
    await using channel = await loadServer.connect(deadline);
    await channel.send(bytes);
    return (await channel.receive(deadline)) ?? undefined;
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code !== "INTERNAL") return undefined;
    throw thrown;
  }
}
