/** Behaviours of head ends that visit a merchant's site wrongly (link 234). */
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { replaceElement, tagOf } from "./messages.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** Its requests do not carry the user's session. */
const withoutSession: Behaviour = () => ({
  headEnd: varyOutputs((output) => [output.kind === "post" ? { ...output, session: undefined } : output]),
});

/** `parameter`, `value`: starts on a page that lacks this parameter, as if the page had it with this value. */
const fillsPage: Behaviour = (parameters) => {
  const name = textOf(parameters, "parameter");
  const tag = `<param name="${name}" value="${textOf(parameters, "value")}">`;
  return {
    headEnd: varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>((input) =>
      input.kind === "http" && !input.body.includes(`name="${name}"`)
        ? { ...input, body: input.body.replace("</object>", `${tag}</object>`) }
        : input,
    ),
  };
};

/** Takes every answer of a merchant to a confirmation for the purchased information. */
const ignoresStatus: Behaviour = () => ({
  headEnd: varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>((input, { phase }) =>
    input.kind === "http" && phase === "delivering" ? { ...input, status: 200 } : input,
  ),
});

/** Tells the user of the success before the merchant has been asked. */
const concludesEarly: Behaviour = () => ({
  headEnd: varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>((output, { after }) => {
    const { phase, sale } = after;
    if (output.kind !== "post" || phase !== "delivering" || !sale) return [output];
    const message = { kind: "result", IDTRX: sale.IDTRX, CC: "0000", CONTENT: "Thank you." } as const;
    return [{ kind: "send-cable", message }, output];
  }),
});

/** `element` ("TEXT"), `bytes`: passes only so much of it on to the set-top box. */
const firstBlockOnly: Behaviour = (parameters) => {
  const element = textOf(parameters, "element");
  const bytes = numberOf(parameters, "bytes");
  const tag = tagOf(element);
  const act = (message: Uint8Array) => replaceElement(message, tag, (value) => value.subarray(0, bytes));
  return { says: [{ link: "cable", from: "head-end", message: 0xe2, act, what: "seeded defect" }] };
};

export const HEAD_END_BROWSER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "browser-without-session": withoutSession,
  "browser-fills-page": fillsPage,
  "browser-ignores-status": ignoresStatus,
  "first-block-only": firstBlockOnly,
  "browser-concludes-early": concludesEarly,
};
