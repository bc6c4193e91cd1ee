/** Defects of the security card in what it checks, in which order, and what it says of it (`psam-edge.md` 4). */
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { refused, refusedPackage } from "../roles/psam/answer.ts";
import { balanceAfter } from "../roles/psam/complete.ts";
import { psamCrypto } from "../roles/psam/crypto.ts";
import { cardOf, debitOf } from "../roles/psam/kept.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import type { PsamInput } from "../roles/psam/state.ts";
import { findTransaction } from "../roles/psam/transactions.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";
import { afterCommand, answerOf, COMPLETE, commandOf, DEBIT_PACKAGE, dataOf, type Told } from "./psam-steps.ts";

/** The PSAM that takes every update for signed, for a look at what it would say then. */
const takesEveryUpdate = createPsamRole({ ...psamCrypto, verifyS6: () => true });

/** The command with other data in place of its own. */
function withData(input: PsamInput, data: Uint8Array): PsamInput {
  if (input.kind !== "command") return input;
  const { bytes } = input;
  const rest = bytes.subarray(5 + (bytes[4] ?? 0));
  return { ...input, bytes: concat(bytes.subarray(0, 4), Uint8Array.of(data.length), data, rest) };
}

/** `at`, `put` (hex) in the data; or `instead` (hex), other data altogether. */
function setRight(parameters: Readonly<Record<string, unknown>>): (input: PsamInput) => PsamInput {
  const instead = optionalText(parameters, "instead");
  if (instead !== undefined) return (input) => withData(input, fromHex(instead));
  const [at, put] = [numberOf(parameters, "at"), fromHex(textOf(parameters, "put"))];
  return (input) => {
    const data = dataOf(input).slice();
    if (data.length < at + put.length) return input;
    data.set(put, at);
    return withData(input, data);
  };
}

/** `command`, `SW`, and `at`, `put` or `instead`: what must be refused with SW is done with data that are set right. */
const overlooks: Behaviour = (parameters) => {
  const [SW, right] = [numberOf(parameters, "SW"), setRight(parameters)];
  return {
    psam: afterCommand(numberOf(parameters, "command"), ({ input, before, step, reference }) =>
      answerOf(step)?.SW === SW ? lenient(reference, input).handle(before, right(input)) : step,
    ),
  };
};

/** The same with `SWlater`: only where a later fault is found then; that is told, and nothing is done. */
const tellsLater: Behaviour = (parameters) => {
  const [SW, later, right] = [numberOf(parameters, "SW"), numberOf(parameters, "SWlater"), setRight(parameters)];
  return {
    psam: afterCommand(numberOf(parameters, "command"), ({ input, before, step, reference }) => {
      if (answerOf(step)?.SW !== SW) return step;
      const looked = lenient(reference, input).handle(before, right(input));
      return answerOf(looked)?.SW === later ? { ...looked, state: step.state } : step;
    }),
  };
};

/** `command`, `SW`, `as`: another status word. */
const saysOther: Behaviour = (parameters) => {
  const [SW, as] = [numberOf(parameters, "SW"), numberOf(parameters, "as")];
  return {
    psam: afterCommand(numberOf(parameters, "command"), ({ step }) =>
      answerOf(step)?.SW === SW ? refused(step.state, as) : step,
    ),
  };
};

/** `command`, `at`, `mask`, `SW`: refused where that byte of the data has one of these bits, though nothing is wrong with it. */
const refusesBits: Behaviour = (parameters) => {
  const [at, mask, SW] = [numberOf(parameters, "at"), numberOf(parameters, "mask"), numberOf(parameters, "SW")];
  return {
    psam: afterCommand(numberOf(parameters, "command"), ({ input, before, step }) => {
      const hasBits = ((dataOf(input)[at] ?? 0) & mask) !== 0;
      return hasBits && answerOf(step)?.SW === 0x9000 ? refusedPackage(before, SW) : step;
    }),
  };
};

/** Of a certificate the last day is looked at before names and signature. */
const datesFirst: Behaviour = () => {
  const look = ({ input, before, step }: Told) => {
    const SW = answerOf(step)?.SW;
    const isOld = `20${toHex(dataOf(input).subarray(17, 20))}` < before.memory.updated;
    return isOld && (SW === 0x9421 || SW === 0x9422) ? refused(step.state, 0x9420) : step;
  };
  return {
    psam: (reference) => afterCommand(0x7003, look)(afterCommand(0x7002, look)(reference)),
  };
};

/** With sixteen suspended every debit is refused for want of room, whatever else is wrong with it. */
const roomFirst: Behaviour = () => ({
  psam: afterCommand(DEBIT_PACKAGE, ({ before, step }) => {
    const isDebit = before.session.kind === "card-accepted" && answerOf(step)?.SW !== 0x6700;
    return isDebit && before.memory.suspended.length >= 16 ? refused(step.state, 0x9417) : step;
  }),
});

/** BALIEP that stands beside S3 is not compared. */
const trustsBalance: Behaviour = () => ({
  psam: afterCommand(COMPLETE, ({ input, before, step, reference }) => {
    const data = dataOf(input).slice();
    const transaction = findTransaction(before.memory, toHex(data.subarray(0, 16)));
    if (answerOf(step)?.SW !== 0x9302 || !transaction) return step;
    const card = cardOf(fromHex(transaction.INITRSP));
    const BALIEP = balanceAfter(card, debitOf(transaction), toHex(data.subarray(16, 18)));
    new DataView(data.buffer, data.byteOffset).setUint32(20, BALIEP);
    return reference.handle(before, withData(input, data));
  }),
});

/** `command`, `bytes`: so many bytes of IDTRX tell a transaction, from the front. */
const findsNear: Behaviour = (parameters) => {
  const [command, count] = [numberOf(parameters, "command"), numberOf(parameters, "bytes") * 2];
  return {
    psam: (reference) => ({
      handle(before, input) {
        if (commandOf(input) !== command) return reference.handle(before, input);
        const data = dataOf(input);
        const said = toHex(data.subarray(0, 16));
        const { open, suspended, issued } = before.memory;
        const found = [...(open ? [open] : []), ...suspended, ...issued].find(
          ({ IDTRX }) => IDTRX.slice(0, count) === said.slice(0, count),
        );
        const meant = found ? concat(fromHex(found.IDTRX), data.subarray(16)) : data;
        return reference.handle(before, withData(input, meant));
      },
    }),
  };
};

function lenient(reference: Told["reference"], input: PsamInput): Told["reference"] {
  return commandOf(input) === 0x8200 ? takesEveryUpdate : reference;
}

export const DEVICE_PSAM_CHECK_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-overlooks": overlooks,
  "psam-tells-later": tellsLater,
  "psam-says-other": saysOther,
  "psam-refuses-bits": refusesBits,
  "psam-dates-first": datesFirst,
  "psam-room-first": roomFirst,
  "psam-trusts-balance": trustsBalance,
  "psam-finds-near": findsNear,
};
