import { mixEntropy } from "../../crypto/challenge.ts";
import { parseCommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { SELECT } from "../../protocol/messages/select-purse.ts";
import type { Role } from "../role.ts";
import { type PsamStep, refused, refusedPackage } from "./answer.ts";
import { findCommands, type PsamCommand } from "./commands.ts";
import { type PsamCrypto, psamCrypto } from "./crypto.ts";
import type { PsamInput, PsamOutput, PsamState } from "./state.ts";
import { withOpenSuspended } from "./transactions.ts";

export type PsamRole = Role<PsamState, PsamInput, PsamOutput>;

/** The PSAM of psam-edge.md. With another `crypto`, a PSAM with that defect. */
export function createPsamRole(crypto: PsamCrypto = psamCrypto): PsamRole {
  return {
    handle(state, input) {
      switch (input.kind) {
        case "reset":
          return afterReset(state, input.fresh);
        case "command":
          return handleCommand(state, input.bytes, crypto);
        case "write-failed":
          return refused(undone(state), 0x6581);
      }
    },
  };
}

/** The reference PSAM. */
export const psam: PsamRole = createPsamRole();

/** Selection and the card at hand are forgotten; a debit in *debit issued* becomes suspended. */
export function afterReset(state: PsamState, fresh?: Uint8Array): PsamStep {
  const memory = withOpenSuspended(state.memory);
  const outputs: PsamOutput[] = memory === state.memory ? [] : [{ kind: "write", memory }];
  const entropy = fresh ? mixEntropy(state.entropy, fresh) : state.entropy;
  return { state: { memory, session: { kind: "unselected" }, entropy, undo: null }, outputs };
}

/** As before the write that failed; a debit that was not issued leaves no session key to read either. */
function undone(state: PsamState): PsamState {
  const memory = state.undo ?? state.memory;
  const isDebit = memory.NTPSAM !== state.memory.NTPSAM;
  return { ...state, memory, session: isDebit ? { kind: "idle" } : state.session, undo: null };
}

/** Checks in the order of section 3, then the command itself. */
function handleCommand(before: PsamState, bytes: Uint8Array, crypto: PsamCrypto): PsamStep {
  const state = before.undo === null ? before : { ...before, undo: null };
  const [cla, ins, p1, p2] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return refused(state, 0x6700);
  const found = findCommands(cla, ins);
  if (typeof found === "number") return refused(state, found);
  const command = found.find((candidate) => candidate.hasRightParameters(p1, p2));
  if (!command) return refused(state, 0x6a86);
  const parsed = parseCommandApdu(bytes);
  const apdu = parsed.ok ? parsed.apdu : undefined;
  if (!apdu || !command.hasRightData(apdu.data.length) || (apdu.le ?? 0) < command.answerLength(state)) {
    return isInOrder(state, command) ? refusedPackage(state, 0x6700) : refused(state, 0x6700);
  }
  if (state.session.kind === "unselected" && command.ins !== SELECT.ins) return refused(state, 0x6985);
  return command.handle(state, apdu, crypto);
}

function isInOrder(state: PsamState, command: PsamCommand): boolean {
  return state.memory.open === null && command.after === state.session.kind;
}
