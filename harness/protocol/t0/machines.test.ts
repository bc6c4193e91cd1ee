/** Both T=0 machines against each other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { apduCase, type CommandApdu, commandApdu } from "../apdu/command-apdu.ts";
import { type ResponseApdu, responseApdu } from "../apdu/response-apdu.ts";
import { sw } from "../apdu/status-word.ts";
import { startT0Icc, stepT0Icc, type T0IccEvent } from "./icc-machine.ts";
import { startT0Ifd, stepT0Ifd, type T0IfdEvent } from "./ifd-machine.ts";

function exchange(
  command: CommandApdu,
  reply: ResponseApdu,
): { executed: CommandApdu[]; answer: ResponseApdu | undefined } {
  let ifd = startT0Ifd();
  let icc = startT0Icc(() => apduCase(command));
  const executed: CommandApdu[] = [];
  let toIfd: T0IfdEvent[] = [{ kind: "send", apdu: command }];
  while (toIfd.length > 0) {
    const toIcc: T0IccEvent[] = [];
    for (const event of toIfd) {
      const step = stepT0Ifd(ifd, event);
      ifd = step.state;
      for (const action of step.actions) {
        if (action.kind === "deliver") return { executed, answer: action.response };
        if (action.kind === "transmit") toIcc.push({ kind: "bytes", bytes: action.bytes });
      }
    }
    toIfd = [];
    for (let event = toIcc.shift(); event !== undefined; event = toIcc.shift()) {
      const step = stepT0Icc(icc, event);
      icc = step.state;
      for (const action of step.actions) {
        if (action.kind === "transmit") toIfd.push({ kind: "bytes", bytes: action.bytes });
        if (action.kind === "deliver") {
          executed.push(action.apdu);
          toIcc.push({ kind: "wait" }, { kind: "reply", response: reply });
        }
      }
    }
  }
  return { executed, answer: undefined };
}

const commands = fc
  .record({
    data: fc.uint8Array({ maxLength: 255 }),
    le: fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined }),
  })
  .map(({ data, le }) =>
    commandApdu({ cla: 0x90, ins: 0x54, p1: 1, p2: 2, data, ...(le === undefined ? {} : { le }) }),
  );

describe("both ends of T=0", () => {
  it("execute a command once and bring as much of its answer as was asked for", () => {
    fc.assert(
      fc.property(commands, fc.uint8Array({ minLength: 1, maxLength: 256 }), (command, data) => {
        const hasResponse = command.le !== undefined;
        const reply = responseApdu(sw("SUCCESS"), hasResponse ? data : new Uint8Array(0));
        const { executed, answer } = exchange(command, reply);
        expect(executed).toHaveLength(1);
        expect(toHex(executed[0]?.data ?? new Uint8Array(0))).toBe(toHex(command.data));
        expect(toHex(answer?.data ?? new Uint8Array(0))).toBe(toHex(reply.data.subarray(0, command.le ?? 0)));
      }),
    );
  });
});
