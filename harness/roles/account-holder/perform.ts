import { toHex } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { RoleName, TraceSink } from "../../core/trace.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { drive } from "../role.ts";
import type { AccountHolder } from "./contract.ts";
import type { HeldLoads } from "./held-load.ts";
import { accountHolder, newQuestion } from "./model.ts";
import type { Answer, Fresh, HolderInput, HolderOutput, Question } from "./questions.ts";
import type { SessionAccounts } from "./session-accounts.ts";
import type { AccountHolderRole } from "./state.ts";

export interface HolderParts {
  readonly holder: AccountHolder;
  readonly loads: HeldLoads;
  readonly sessions: SessionAccounts;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  /** Who speaks in the log. */
  readonly as: Extract<RoleName, "bank-server" | "load-server">;
  /** Brings one message to the load server and its answer back; undefined when none came in time. */
  readonly inquire: (bytes: Uint8Array) => Promise<Uint8Array | undefined>;
  readonly role?: AccountHolderRole | undefined;
}

/** The account holder's answer to one question, with all that it does on the way. */
export async function answerQuestion(parts: HolderParts, question: Question): Promise<Answer> {
  const { holder, loads, sessions, trace, as, inquire, role = accountHolder } = parts;
  const { IDMER } = holder;
  let answer: Answer | undefined;
  const perform = async (output: HolderOutput): Promise<HolderInput | undefined> => {
    switch (output.kind) {
      case "log": {
        const { entry, step, IDTRX, fields } = output;
        return void trace({ kind: "log", role: as, entry, step, IDTRX, fields });
      }
      case "find-account": {
        const { SESSION, ACCOUNT } = output;
        const isBound = sessions.has(SESSION, ACCOUNT);
        return { kind: "account", funds: await loads.funds(IDMER, ACCOUNT), isBound };
      }
      case "bind":
        return void sessions.bind(output.SESSION, output.ACCOUNT);
      case "offer":
        return void (await loads.offer(output.load));
      case "find-load":
        return { kind: "load", load: await loads.load(output.IDTRX) };
      case "hold":
        return { kind: "held", result: await loads.hold(output.IDTRX, output.MLDA) };
      case "conclude":
        return { kind: "concluded", result: await loads.conclude(output.IDTRX, output.end, output.pool) };
      case "inquire":
        return { kind: "inquired", bytes: await inquire(output.bytes) };
      case "answer":
        answer = output.answer;
        return undefined;
      case "end":
        return undefined; // the driver ends there
      default:
        return unreachable(output);
    }
  };
  await drive(role, newQuestion(holder), { kind: "question", question, fresh: freshOf(parts) }, perform);
  if (answer === undefined) throw new PursebenchError("INTERNAL", "the account holder's model gave no answer");
  return answer;
}

function freshOf({ holder, random, clock }: HolderParts): Fresh {
  const length = nonceLength(holder.suite);
  const now = clock.wall().toISOString().replace(/\D/g, "").slice(0, 14);
  const IDTRX = toHex(random(16));
  return { IDTRX, RND: random(8), TSK: random(16), nonce: random(length), layerNonce: random(length), now };
}
