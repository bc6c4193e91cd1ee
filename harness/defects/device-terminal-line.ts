/** Defects of a terminal's end of its line (`serial-line.md`). */
import { PursebenchError } from "../core/errors.ts";
import { toggled } from "../protocol/t1/block.ts";
import { decodeT1Block } from "../protocol/t1/decode-block.ts";
import type { IccState, IccStep } from "../protocol/t1/icc-machine.ts";
import { NO_PARTS } from "../protocol/t1/machine.ts";
import { answeringNad } from "../protocol/t1/nad.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { DEVICE_TERMINAL_RECOVERY_BEHAVIOURS } from "./device-terminal-recovery.ts";
import { isRequest, onAction, onBlock, onSent, onStep } from "./wrap-line.ts";

/** `ms`: silence that ends a block. */
const otherCwt: Behaviour = (parameters) => {
  const cwtMs = numberOf(parameters, "ms");
  return { terminalLine: (line) => ({ ...line, cwtMs }) };
};

/** `ms`: after which time it asks for more. */
const otherWtx: Behaviour = (parameters) => {
  const wtxAfterMs = numberOf(parameters, "ms");
  return { terminalLine: (line) => ({ ...line, wtxAfterMs }) };
};

/** `byte` (0 NAD, 1 PCB, 2 LEN, -1 LRC), `mask`: every block leaves with that byte altered and an LRC to match, but for the LRC itself. */
const sendsOtherByte: Behaviour = (parameters) => {
  const byte = numberOf(parameters, "byte");
  const mask = numberOf(parameters, "mask");
  return {
    terminalLine: (line) => ({
      ...line,
      encode(block) {
        const bytes = line.encode(block).slice();
        const at = byte < 0 ? bytes.length - 1 : byte;
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        if (byte >= 0) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ mask;
        return bytes;
      },
    }),
  };
};

/** Blocks for other nodes are taken as its own. */
const answersOtherNad = onBlock((block, { nad }) =>
  block.kind === "invalid" ? block : { ...block, nad: answeringNad(nad) },
);

/** A wrong LRC is not noticed. */
const ignoresLrc = onBlock((block) => {
  if (block.kind !== "invalid" || block.reason !== "edc") return block;
  const [, , len = 0] = block.bytes;
  if (block.bytes.length !== len + 4) return block;
  const righted = block.bytes.slice();
  righted[len + 3] = righted.subarray(0, len + 3).reduce((check, byte) => check ^ byte, 0);
  return decodeT1Block(righted, "LRC");
});

/** What is damaged in one way (`reason`: edc, length, pcb, inf) is passed over. */
const ignoresDamage: Behaviour = (parameters) => {
  const reason = textOf(parameters, "reason");
  return onBlock((block) => (block.kind === "invalid" && block.reason === reason ? undefined : block))(parameters);
};

/** `reason` as above: is answered as if it were the other (`as`). */
const namesOtherDamage: Behaviour = (parameters) => {
  const reason = textOf(parameters, "reason");
  const as = reasonOf(textOf(parameters, "as"));
  return onBlock((block) => (block.kind === "invalid" && block.reason === reason ? { ...block, reason: as } : block))(
    parameters,
  );
};

/** Reserved bits of PCB are not looked at: `mask` is what it looks at, of I-, R- and S-blocks. */
const looseFormat: Behaviour = (parameters) => {
  const mask = numberOf(parameters, "mask");
  return onBlock((block) => {
    if (block.kind !== "invalid" || block.reason !== "pcb") return block;
    const bytes = block.bytes.slice();
    const before = bytes[1] ?? 0;
    bytes[1] = before & mask;
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ before ^ (before & mask);
    return decodeT1Block(bytes, "LRC");
  })(parameters);
};

/** The number of an I-block is not looked at. */
const ignoresSequence = onBlock((block, { nr, phase }) =>
  block.kind === "I" && phase.kind === "listening" ? { ...block, ns: nr } : block,
);

/** The information field may be as long as it likes. */
const ignoresIfs = onStep((step) => (state, event) => {
  const after = step({ ...state, ifsc: 254 }, event);
  return { ...after, state: { ...after.state, ifsc: state.ifsc } };
});

/** `bytes`: its own blocks are that much longer or shorter than IFS. */
const cutsOtherwise: Behaviour = (parameters) => {
  const more = numberOf(parameters, "bytes");
  return onStep((step) => (state, event) => {
    const ifsd = Math.min(254, Math.max(1, state.ifsd + more));
    const after = step({ ...state, ifsd }, event);
    return after.state.ifsd === ifsd ? { ...after, state: { ...after.state, ifsd: state.ifsd } } : after;
  })(parameters);
};

/** S(IFS request) is answered and not obeyed: `direction` "own" (what it sends) or "other" (what it takes). */
const ignoresIfsRequest: Behaviour = (parameters) => {
  const isOwn = textOf(parameters, "direction") === "own";
  return onStep((step) => (before, event) => {
    const after = step(before, event);
    const isSize = event.kind === "block" && event.block.kind === "S" && event.block.type === "IFS";
    if (!isSize) return after;
    const kept = isOwn ? { ifsd: 254 } : { ifsc: 254 };
    return { ...after, state: { ...after.state, ...kept } };
  })(parameters);
};

/** `number`, `size`: S(RESYNCH) is answered; block numbers or sizes stay as they were. */
const resynchKeeps: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return onStep((step) => (before, event) => {
    const after = step(before, event);
    if (!isRequest(event, "RESYNCH")) return after;
    return { ...after, state: { ...after.state, ...keptOf(before, what) } };
  })(parameters);
};

function keptOf(before: IccState, what: string): Partial<IccState> {
  switch (what) {
    case "numbers":
      return { ns: before.ns, nr: before.nr };
    case "sizes":
      return { ifsc: before.ifsc, ifsd: before.ifsd };
    case "chain":
      return before.phase.kind === "listening" ? { phase: before.phase } : {};
    case "errors":
      return { errors: before.errors };
    default:
      throw new PursebenchError("USAGE", `S(RESYNCH) keeps no "${what}"`);
  }
}

/** `type`: S-requests of that type are answered only while nothing is under way and nothing is wrong. */
const requestOnlyIdle: Behaviour = (parameters) => {
  const type = textOf(parameters, "type");
  return onStep((step) => (state, event) => {
    const isIdle = state.phase.kind === "listening" && state.phase.parts.length === 0 && state.errors === 0;
    return isRequest(event, type) && !isIdle ? { state, actions: [] } : step(state, event);
  })(parameters);
};

/** S(ABORT) is answered, and the chain goes on. */
const abortKeepsChain = onStep((step) => (before, event) => {
  const after = step(before, event);
  return isRequest(event, "ABORT") ? { ...after, state: { ...after.state, phase: before.phase } } : after;
});

/** A part of a chain stands for the whole message: what came before it is lost. */
const forgetsParts = onStep((step) => (state, event) => {
  if (state.phase.kind !== "listening") return step(state, event);
  return step({ ...state, phase: { ...state.phase, ...NO_PARTS } }, event);
});

/** The bytes of a chain above `most` are dropped. */
const cutsMessage: Behaviour = (parameters) => {
  const most = numberOf(parameters, "most");
  return onAction((action) => [
    action.kind === "deliver" ? { ...action, data: action.data.subarray(0, most) } : action,
  ])(parameters);
};

/** Chains are taken without end. */
const endlessChain = onStep((step) => (state, event) => {
  const after = step({ ...state, maxMessage: 1_000_000 }, event);
  return { ...after, state: { ...after.state, maxMessage: state.maxMessage } };
});

/** An I-block with the number of the one before is worked off again. */
const repeatsMessage = onStep((step) => (state, event) => {
  const isRepeated = event.kind === "block" && event.block.kind === "I" && event.block.ns !== state.nr;
  const isFree = state.phase.kind === "listening";
  return step(isRepeated && isFree ? { ...state, nr: toggled(state.nr) } : state, event);
});

/** An answer in several blocks is sent without waiting for the acknowledgements of its parts. */
const sendsAllParts = onStep((step) => (before, event) => {
  let { state, actions }: IccStep = step(before, event);
  while (state.phase.kind === "sending") {
    const nr = toggled(state.phase.last.ns);
    const next = step(state, { kind: "block", block: { kind: "R", nad: answeringNad(state.nad), nr, error: 0 } });
    actions = [...actions, ...next.actions];
    state = next.state;
  }
  return { state, actions };
});

/** Parts of a chain are not acknowledged. */
const acknowledgesNothing = onSent((block, event) => {
  const isPart = event.kind === "block" && event.block.kind === "I" && event.block.more;
  return isPart && block.kind === "R" && block.error === 0 ? undefined : block;
});

/** Numbers start anew with each message. */
const restartsNumbers = onStep((step) => (before, event) => {
  const after = step(before, event);
  return event.kind === "reply" && after.state.phase.kind === "listening"
    ? { ...after, state: { ...after.state, nr: 0, ns: 0 } }
    : after;
});

/** It asks for `multiplier` times the waiting time in place of one. */
const otherMultiplier: Behaviour = (parameters) => {
  const value = numberOf(parameters, "multiplier");
  return onSent((block) =>
    block.kind === "S" && block.type === "WTX" && block.direction === "request" ? { ...block, value } : block,
  )(parameters);
};

/** It takes anything for the response to its S(WTX request). */
const takesAnyResponse = onBlock((block, { request }) =>
  request?.type === "WTX" && !(block.kind === "S" && block.direction === "request")
    ? { ...request, nad: answeringNad(request.nad), direction: "response" }
    : block,
);

const REASONS = ["edc", "length", "pcb", "nad", "inf"] as const;

function reasonOf(text: string): (typeof REASONS)[number] {
  const found = REASONS.find((each) => each === text);
  if (found) return found;
  throw new PursebenchError("USAGE", `no damage of a block is called "${text}"`);
}

export const DEVICE_TERMINAL_LINE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...DEVICE_TERMINAL_RECOVERY_BEHAVIOURS,
  "terminal-line-other-cwt": otherCwt,
  "terminal-line-other-wtx": otherWtx,
  "terminal-line-sends-other-byte": sendsOtherByte,
  "terminal-line-answers-other-nad": answersOtherNad,
  "terminal-line-ignores-lrc": ignoresLrc,
  "terminal-line-ignores-damage": ignoresDamage,
  "terminal-line-names-other-damage": namesOtherDamage,
  "terminal-line-loose-format": looseFormat,
  "terminal-line-ignores-sequence": ignoresSequence,
  "terminal-line-ignores-ifs": ignoresIfs,
  "terminal-line-cuts-otherwise": cutsOtherwise,
  "terminal-line-ignores-ifs-request": ignoresIfsRequest,
  "terminal-line-resynch-keeps": resynchKeeps,
  "terminal-line-request-only-idle": requestOnlyIdle,
  "terminal-line-abort-keeps-chain": abortKeepsChain,
  "terminal-line-forgets-parts": forgetsParts,
  "terminal-line-cuts-message": cutsMessage,
  "terminal-line-endless-chain": endlessChain,
  "terminal-line-repeats-message": repeatsMessage,
  "terminal-line-sends-all-parts": sendsAllParts,
  "terminal-line-acknowledges-nothing": acknowledgesNothing,
  "terminal-line-restarts-numbers": restartsNumbers,
  "terminal-line-other-multiplier": otherMultiplier,
  "terminal-line-takes-any-response": takesAnyResponse,
};
