/** Defects of the terminal concentrator (`messages.md` 5). */
import { concat } from "../core/bytes.ts";
import { encodeLanFrame, parseLanFrame } from "../roles/concentrator/lan-frame.ts";
import type { ConcentratorState } from "../roles/concentrator/model.ts";
import { type Behaviour, optionalText } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** Every message goes to all terminals that are free. */
const broadcasts: Behaviour = () => ({
  concentrator: varyOutputs((output, { before }) => {
    if (output.kind !== "forward") return [output];
    const others = [...before.lines].filter(([IDTERM, { current }]) => IDTERM !== output.IDTERM && !current);
    return [output, ...others.map(([IDTERM]) => ({ ...output, IDTERM }))];
  }),
});

/** Answers get eight bytes more. */
const pads: Behaviour = () => ({
  concentrator: varyOutputs((output) => {
    if (output.kind !== "send") return [output];
    return [{ ...output, bytes: concat(output.bytes, new Uint8Array(8)) }];
  }),
});

/**
 * The header is not looked at. `to`: "first" terminal always, or each message in turn to the next one ("arrival"), answers
 * under the header of the request.
 */
const ignoresHeader: Behaviour = (parameters) => {
  const to = optionalText(parameters, "to") ?? "first";
  let arrived = 0;
  return {
    concentrator: varyInputs((input, state) => {
      const frame = input.kind === "frame" ? parseLanFrame(input.bytes) : undefined;
      if (!frame || input.kind !== "frame") return input;
      const IDTERM = other(state, to === "first" ? 0 : arrived++) ?? frame.IDTERM;
      return { ...input, bytes: encodeLanFrame({ IDTERM, message: frame.message }) };
    }),
  };
};

/** Messages for terminals that nobody knows go to the first one. */
const guessesTerminal: Behaviour = () => ({
  concentrator: varyInputs((input, state) => {
    const frame = input.kind === "frame" ? parseLanFrame(input.bytes) : undefined;
    if (!frame || input.kind !== "frame" || state.lines.has(frame.IDTERM)) return input;
    return { ...input, bytes: encodeLanFrame({ ...frame, IDTERM: other(state, 0) ?? frame.IDTERM }) };
  }),
});

export const CONCENTRATOR_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "concentrator-broadcasts": broadcasts,
  "concentrator-pads": pads,
  "concentrator-ignores-header": ignoresHeader,
  "concentrator-guesses-terminal": guessesTerminal,
};

function other({ lines }: ConcentratorState, index: number): string | undefined {
  const all = [...lines.keys()];
  return all[index % all.length];
}
