/** Defects that nobody in the system would notice: something secret is said beside what must be said. */
import type { LinkName, RoleName } from "../core/trace.ts";
import type { LinkFault } from "../flows/system.ts";
import { encodeTemplate, encodeTlv } from "../protocol/tlv/write-tlv.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { childrenOf, tagOf } from "./messages.ts";

/**
 * `element` of the message `heard` from `teller` on link `on` is said again in clear, behind all other elements of the message `said`
 * from `from` on each of `links` (blanks between, and as many in `from`). Receivers pass over elements that they do not know there.
 */
const saysBeside: Behaviour = (parameters) => {
  const tag = tagOf(textOf(parameters, "element"));
  let value: Uint8Array | undefined;
  const hear = (bytes: Uint8Array) => {
    value = childrenOf(bytes)
      .find((node) => node.tag === tag)
      ?.value.slice();
    return bytes;
  };
  const say = (bytes: Uint8Array) => {
    if (value === undefined) return bytes;
    const children = childrenOf(bytes).map((node) => encodeTlv(node.tag, node.value));
    return encodeTemplate(bytes[0] ?? 0, ...children, encodeTlv(tag, value));
  };
  const heard = {
    on: textOf(parameters, "on"),
    from: textOf(parameters, "teller"),
    message: numberOf(parameters, "heard"),
  };
  const speakers = textOf(parameters, "from").split(" ");
  const message = numberOf(parameters, "said");
  const said = textOf(parameters, "links")
    .split(" ")
    .map((on, index) => passing({ on, from: speakers[index] ?? "", message }, say));
  return { says: [passing(heard, hear), ...said] };
};

export const LEAK_BEHAVIOURS: Readonly<Record<string, Behaviour>> = { "says-beside": saysBeside };

function passing(
  { on, from, message }: { readonly on: string; readonly from: string; readonly message: number },
  act: (bytes: Uint8Array) => Uint8Array,
): LinkFault {
  return { link: on as LinkName, from: from as RoleName, message, act, what: "seeded defect" };
}
