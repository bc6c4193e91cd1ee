import { encodeT1Block, type ValidBlock } from "../protocol/t1/block.ts";
import { type IccEvent, type IccState, type IccStep, stepIcc } from "../protocol/t1/icc-machine.ts";
import { answeringNad } from "../protocol/t1/nad.ts";

/** How a terminal behaves at its end of the line (`serial-line.md`). */
export interface TerminalLine {
  readonly step: (state: IccState, event: IccEvent) => IccStep;
  /** The characters of a block that it sends. */
  readonly encode: (block: ValidBlock) => Uint8Array;
  /** Silence that ends a block, ms. */
  readonly cwtMs: number;
  /** Work that takes longer asks for more time, and again each time it has passed. ms. */
  readonly wtxAfterMs: number;
}

/** The reference terminal's. */
export const TERMINAL_LINE: TerminalLine = {
  step: stepTerminal,
  encode: (block) => encodeT1Block(block, "LRC"),
  cwtMs: 200,
  wtxAfterMs: 1000,
};

/** T=1 in the part of the card; section 2: S(IFS) sets both directions. */
function stepTerminal(before: IccState, event: IccEvent): IccStep {
  const step = stepIcc(before, event);
  if (!isSizeRequest(before, event)) return step;
  return { ...step, state: { ...step.state, ifsc: step.state.ifsd } };
}

function isSizeRequest({ nad }: IccState, event: IccEvent): boolean {
  if (event.kind !== "block" || event.block.kind !== "S" || event.block.nad !== answeringNad(nad)) return false;
  return event.block.type === "IFS" && event.block.direction === "request";
}
