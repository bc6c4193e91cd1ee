import { fromHex } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { exerciser } from "./model.ts";
import { type ExerciserInput, type ExerciserRole, newExerciser } from "./state.ts";

/** T=1, IFSC 254, BWI 4, CWI 5, LRC, historical bytes "EXER". */
export const EXERCISER_ATR = fromHex("3B848131FE454558455285");
/** T=0, historical bytes "EXER". */
export const EXERCISER_ATR_T0 = fromHex("3B0445584552");

export interface ServeExerciserOptions {
  readonly clock: Clock;
  /** Answer to reset, which tells the protocol too; `EXERCISER_ATR` when absent. */
  readonly atr?: Uint8Array;
  /** One unit of WORK, ms; 1 when absent. */
  readonly workMs?: number;
  readonly role?: ExerciserRole;
}

/** The simulated exerciser as a reader sees it; a `VirtualCard` of `device/virtual`. */
export interface SimulatedExerciser {
  powerOn(): Uint8Array;
  reset(): Uint8Array;
  /** `null` without power. */
  transmit(command: Uint8Array): Promise<Uint8Array | null>;
  powerOff(): void;
}

export function serveExerciser(options: ServeExerciserOptions): SimulatedExerciser {
  const { clock, atr = EXERCISER_ATR, workMs = 1, role = exerciser } = options;
  const parsed = parseAtr(atr);
  const protocol = parsed.ok && parsed.atr.firstProtocol === 0 ? 0 : 1;
  let state = newExerciser();
  let life = 0;
  let hasPower = false;
  const handle = (input: ExerciserInput) => {
    const step = role.handle(state, input);
    state = step.state;
    return step.outputs;
  };
  const reset = (): Uint8Array => {
    life++;
    hasPower = true;
    handle({ kind: "reset", protocol });
    return atr.slice();
  };
  return {
    powerOn: reset,
    reset,
    powerOff() {
      life++;
      hasPower = false;
    },
    async transmit(command) {
      if (!hasPower) return null;
      const born = life;
      for (const output of handle({ kind: "command", bytes: command })) {
        if (output.kind === "response") return life === born ? output.bytes : null;
        await clock.timer(output.units * workMs).elapsed;
      }
      throw new PursebenchError("INTERNAL", "the exerciser gave no response");
    },
  };
}
