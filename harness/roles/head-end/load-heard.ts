import type { Message } from "../../protocol/messages/layouts.ts";
import { lossCode } from "./fail.ts";
import { failLoad, notDue, stoppedBeforeLoad } from "./load-fail.ts";
import type { LoadState } from "./load-state.ts";
import type { LoadInput, LoadStep } from "./load-step.ts";

/** A message of the set-top box before a load command, or how the load ends without one. */
export function fromSetTopBox(load: LoadState, input: LoadInput): Message | LoadStep {
  if (input.kind === "cable-lost") return failLoad(load, lossCode(input.why));
  if (input.kind !== "cable") return notDue(load, "bench", input);
  if (input.message.kind === "unrecognised") return notDue(load, "set-top-box", input);
  return input.message.kind === "stop" ? stoppedBeforeLoad(load, input.message.CC) : input.message;
}
