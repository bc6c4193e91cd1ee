import { answerCode, parseHsmAnswer } from "./answers.ts";
import { type HsmCommand, type HsmCommandCode, isHsmCommandCode, parseHsmCommand } from "./commands.ts";
import { parseHsmFrame } from "./frame.ts";

/** What passes on link HSM in words: field name -> readable text, for evidence and reports. Never throws. */
export function describeHsm(bytes: Uint8Array): Record<string, string> {
  const frame = parseHsmFrame(bytes);
  if (frame === undefined) return { hsm: "no frame" };
  const { header, code, body, trailer } = frame;
  const outside = { hsm: code, header, ...(trailer === undefined ? {} : { trailer }) };
  const asked = COMMANDS.find((command) => answerCode(command) === code);
  if (asked !== undefined) return { ...outside, ...texts(parseHsmAnswer(asked, body) ?? { fields: body }) };
  const command = isHsmCommandCode(code) ? parseHsmCommand(code, body) : undefined;
  return { ...outside, ...(command === undefined ? { fields: body } : fieldsOf(command)) };
}

const COMMANDS: readonly HsmCommandCode[] = ["DM", "DO", "DU", "NC"];

function fieldsOf(command: HsmCommand): Record<string, string> {
  switch (command.code) {
    case "DM":
      return texts(command.request);
    case "DO":
      return { ...texts(command.request), ...texts(command.completion, "completion.") };
    case "DU":
      return { ...texts(command.request), lowered: `${command.lowered}`, ...texts(command.fresh, "new.") };
    default:
      return {};
  }
}

function texts(fields: Readonly<Record<string, string | number>>, prefix = ""): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [prefix + name, `${value}`]));
}
