import { mixEntropy } from "../../crypto/challenge.ts";
import { parseCommandApdu } from "../../protocol/apdu/command-apdu.ts";
import type { Role } from "../role.ts";
import { type CardStep, refused, refusedSession } from "./answer.ts";
import { type CardCommand, findCommands } from "./commands.ts";
import { type CardCrypto, cardCrypto } from "./crypto.ts";
import type { CardInput, CardOutput, CardState, Purse } from "./state.ts";

export type CardRole = Role<CardState, CardInput, CardOutput>;

/** The purse card of card-edge.md. With another `crypto`, a card with that defect. */
export function createCardRole(crypto: CardCrypto = cardCrypto): CardRole {
  return {
    handle(state, input) {
      switch (input.kind) {
        case "reset":
          return { state: afterReset(state, input.fresh), outputs: [] };
        case "command":
          return handleCommand(state, input.bytes, crypto);
        case "write-failed":
          return refused({ ...state, purse: state.undo ?? state.purse, undo: null }, 0x6581);
      }
    },
  };
}

/** The reference card. */
export const card: CardRole = createCardRole();

/** R and the session are forgotten; what was written stays. */
export function afterReset(state: CardState, fresh: Uint8Array | undefined): CardState {
  const entropy = fresh ? mixEntropy(state.entropy, fresh) : state.entropy;
  return { ...state, session: { kind: "idle" }, entropy, undo: null };
}

/** Checks in the order of section 4, then the command itself. */
function handleCommand(before: CardState, bytes: Uint8Array, crypto: CardCrypto): CardStep {
  const state = before.undo === null ? before : { ...before, undo: null };
  const [cla, ins, p1, p2] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return refused(state, 0x6700);
  const found = findCommands(cla, ins);
  if (typeof found === "number") return refused(state, found);
  const command = found.find((candidate) => candidate.hasRightParameters(p1, p2, state));
  if (!command) return refusedCommand(state, found[0], 0x6a86);
  const parsed = parseCommandApdu(bytes);
  const apdu = parsed.ok ? parsed.apdu : undefined;
  if (!apdu || !command.hasRightData(apdu.data.length) || (apdu.le ?? 0) < command.answerLength(state, p2)) {
    return refusedCommand(state, command, 0x6700);
  }
  if (state.session.kind === "idle" && !command.beforeSelection) return refused(state, 0x6985);
  const refusal = lifeCycleRefusal(state.purse.lifeCycle, command);
  return refusal === undefined ? command.handle(state, apdu, crypto) : refusedCommand(state, command, refusal);
}

/** The status word with which a purse in that state of life refuses the command, if it does. */
function lifeCycleRefusal(lifeCycle: Purse["lifeCycle"], command: CardCommand): number | undefined {
  if (lifeCycle === "supplied") return command.whenSupplied ? undefined : 0x9304;
  if (command.whenSupplied === "only") return 0x6985;
  return lifeCycle === "blocked" && command.needsIssuedPurse ? 0x9303 : undefined;
}

/** Some commands, refused for whatever reason, end the initialised session (section 3, 5.3a). */
function refusedCommand(state: CardState, command: CardCommand | undefined, SW: number): CardStep {
  return command?.endsWhenRefused ? refusedSession(state, SW) : refused(state, SW);
}
