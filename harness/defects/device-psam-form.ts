/** Defects of the security card in the form of commands and in their order (`psam-edge.md` 2, 3). */
import { concat } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { PsamRole } from "../roles/psam/model.ts";
import type { PsamInput, PsamOutput, PsamSession, PsamState } from "../roles/psam/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { afterCommand, answerOf, commandOf, dataOf } from "./psam-steps.ts";
import { varyInputs } from "./wrap.ts";

function rewriting(change: (bytes: Uint8Array) => Uint8Array): Vary<PsamRole> {
  return varyInputs<PsamState, PsamInput, PsamOutput>((input) =>
    input.kind === "command" ? { ...input, bytes: change(input.bytes) } : input,
  );
}

/** `at` (0 to 3), `mask`: these bits of that byte of every header are taken for 0. */
const ignoresBits: Behaviour = (parameters) => {
  const [at, mask] = [numberOf(parameters, "at"), numberOf(parameters, "mask")];
  return {
    psam: rewriting((bytes) => bytes.map((byte, index) => (index === at ? byte & ~mask : byte))),
  };
};

/** `command`, `length`, `as`: data of that length are taken as if they had the other one, cut or filled with zeros. */
const takesLength: Behaviour = (parameters) => {
  const [command, length, as] = [
    numberOf(parameters, "command"),
    numberOf(parameters, "length"),
    numberOf(parameters, "as"),
  ];
  return {
    psam: rewriting((bytes) => {
      const input = { kind: "command", bytes } as const;
      if (commandOf(input) !== command || bytes.length <= 5 || bytes[4] !== length) return bytes;
      const data = concat(dataOf(input), new Uint8Array(255)).subarray(0, as);
      return concat(bytes.subarray(0, 4), Uint8Array.of(as), data, bytes.subarray(5 + length));
    }),
  };
};

/** What comes behind the data that Lc counts, but for Le, is not looked at. */
const ignoresRest: Behaviour = () => ({
  psam: rewriting((bytes) =>
    bytes.length > 5 && (bytes[4] ?? 0) > 0 ? bytes.subarray(0, 6 + (bytes[4] ?? 0)) : bytes,
  ),
});

/** Whatever Le says, and where it is missing too, as many bytes are answered as there are. */
const ignoresLe: Behaviour = () => ({
  psam: rewriting((bytes) => {
    const lc = bytes.length > 5 ? (bytes[4] ?? 0) : 0;
    const end = lc === 0 ? 4 : 5 + lc;
    return bytes.length < 4 || bytes.length > end + 1 ? bytes : concat(bytes.subarray(0, end), Uint8Array.of(0));
  }),
});

/** `command`, `SW`: answered like that it does not lead where it must: the state before is kept. */
const staysThere: Behaviour = (parameters) => ({
  psam: afterCommand(numberOf(parameters, "command"), ({ before, step }) => {
    if (answerOf(step)?.SW !== numberOf(parameters, "SW") || before.session.kind === "unselected") return step;
    return { ...step, state: { ...step.state, session: before.session } };
  }),
});

/** `command`, `SW`: answered like that it ends the draw under way, and what could be read. */
const endsDraw: Behaviour = (parameters) => ({
  psam: afterCommand(numberOf(parameters, "command"), ({ step }) => {
    if (answerOf(step)?.SW !== numberOf(parameters, "SW")) return step;
    return { ...step, state: { ...step.state, session: { kind: "idle" } } };
  }),
});

/** After a reset the security card works without being selected. */
const needsNoSelect: Behaviour = () => ({
  psam: (reference) => ({
    handle(before, input) {
      const { kind } = before.session;
      return reference.handle(kind === "unselected" ? { ...before, session: { kind: "idle" } } : before, input);
    },
  }),
});

/** States that need nothing but their name, and those that the data of another make. */
const STATES: readonly PsamSession["kind"][] = [
  "idle",
  "card-reset",
  "card-identified",
  "issuer-certified",
  "card-accepted",
];

/** `command`, `from`, `as`: in that state it is done as if the state were the other one. */
const takesOutOfOrder: Behaviour = (parameters) => {
  const [command, from, as] = [
    numberOf(parameters, "command"),
    textOf(parameters, "from"),
    stateOf(textOf(parameters, "as")),
  ];
  return {
    psam: (reference) => ({
      handle(before, input) {
        const isThere = commandOf(input) === command && before.session.kind === from && before.memory.open === null;
        return reference.handle(
          isThere ? { ...before, session: { ...before.session, kind: as } as PsamSession } : before,
          input,
        );
      },
    }),
  };
};

/** `command`, `as`, `SW`: out of order, its data are looked at as in that state; found wrong, that is what is told. */
const looksFirst: Behaviour = (parameters) => {
  const [as, SW] = [stateOf(textOf(parameters, "as")), numberOf(parameters, "SW")];
  return {
    psam: afterCommand(numberOf(parameters, "command"), ({ input, before, step, reference }) => {
      if (answerOf(step)?.SW !== 0x6985 || before.session.kind === "unselected") return step;
      const looked = reference.handle({ ...before, session: { kind: as } as PsamSession }, input);
      return answerOf(looked)?.SW === SW ? { ...looked, state: step.state } : step;
    }),
  };
};

/** While a debit is open, a new draw can be begun. */
const isNotReserved: Behaviour = () => ({
  psam: (reference) => ({
    handle(before, input) {
      const { open } = before.memory;
      const isPackage = input.kind === "command" && (commandOf(input) ?? 0) >> 8 === 0x70;
      if (!isPackage || open === null) return reference.handle(before, input);
      const step = reference.handle({ ...before, memory: { ...before.memory, open: null } }, input);
      return { ...step, state: { ...step.state, memory: { ...step.state.memory, open } } };
    },
  }),
});

/** `SW`, `SWlater`, `at`, `value`: refused with the first, a command is tried with this byte of its header set right; the later fault is told. */
const tellsLater: Behaviour = (parameters) => {
  const [SW, later] = [numberOf(parameters, "SW"), numberOf(parameters, "SWlater")];
  const [at, value] = [numberOf(parameters, "at"), numberOf(parameters, "value")];
  return {
    psam: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        if (input.kind !== "command" || answerOf(step)?.SW !== SW) return step;
        const right = { ...input, bytes: input.bytes.map((byte, index) => (index === at ? value : byte)) };
        const looked = reference.handle(before, right);
        return answerOf(looked)?.SW === later ? { ...looked, state: step.state } : step;
      },
    }),
  };
};

function stateOf(text: string): PsamSession["kind"] {
  const state = STATES.find((each) => each === text);
  if (state !== undefined) return state;
  throw new PursebenchError("USAGE", `the security card has no state "${text}"`);
}

export const DEVICE_PSAM_FORM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-ignores-bits": ignoresBits,
  "psam-takes-length": takesLength,
  "psam-ignores-rest": ignoresRest,
  "psam-ignores-le": ignoresLe,
  "psam-stays-there": staysThere,
  "psam-ends-draw": endsDraw,
  "psam-needs-no-select": needsNoSelect,
  "psam-takes-out-of-order": takesOutOfOrder,
  "psam-looks-first": looksFirst,
  "psam-is-not-reserved": isNotReserved,
  "psam-tells-form-later": tellsLater,
};
