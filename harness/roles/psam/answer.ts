import { encodeResponseApdu } from "../../protocol/apdu/response-apdu.ts";
import { statusWord } from "../../protocol/apdu/status-word.ts";
import type { Step } from "../role.ts";
import type { PsamMemory, PsamOutput, PsamState } from "./state.ts";

export type PsamStep = Step<PsamState, PsamOutput>;

const SUCCESS = 0x9000;
const NO_DATA = new Uint8Array(0);

/** `data` and 9000. */
export function answered(state: PsamState, data: Uint8Array = NO_DATA): PsamStep {
  return { state, outputs: [response(data, SUCCESS)] };
}

/** A status word and no data. */
export function refused(state: PsamState, SW: number): PsamStep {
  return { state, outputs: [response(NO_DATA, SW)] };
}

/** A refused package: the draw begins anew. */
export function refusedPackage(state: PsamState, SW: number): PsamStep {
  return refused({ ...state, session: { kind: "idle" } }, SW);
}

/** The new memory is written first, as a whole; the answer leaves after that. */
export function written(state: PsamState, memory: PsamMemory, data: Uint8Array = NO_DATA, SW = SUCCESS): PsamStep {
  return { state: { ...state, memory, undo: state.memory }, outputs: [{ kind: "write", memory }, response(data, SW)] };
}

function response(data: Uint8Array, SW: number): PsamOutput {
  return { kind: "response", bytes: encodeResponseApdu({ data, sw: statusWord(SW) }) };
}
