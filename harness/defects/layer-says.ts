/** Behaviours of roles that say something wrong within SEALED, or beside it: with the session key that they have from the page. */
import { PursebenchError } from "../core/errors.ts";
import { nonceLength } from "../crypto/seal.ts";
import { openMessage, sealMessage } from "../crypto/sealed-message.ts";
import type { LinkFault } from "../flows/system.ts";
import { type EncryptionLayer, layerOf } from "../protocol/messages/encryption-layer.ts";
import { LAYOUTS } from "../protocol/messages/layouts.ts";
import { parseMessage } from "../protocol/messages/message.ts";
import { encodeTemplate, encodeTlv } from "../protocol/tlv/write-tlv.ts";
import { type Behaviour, type Parameters, textOf } from "./behaviour.ts";
import { ELEMENT_BYTES_BEHAVIOURS } from "./element-bytes.ts";
import { INNER_TAGS } from "./layer-server-side.ts";
import { childrenOf, MESSAGE_BEHAVIOURS, replaceElement, saying, tagOf } from "./messages.ts";

/** What may be said within. */
const WITHIN: Readonly<Record<string, Behaviour>> = { ...MESSAGE_BEHAVIOURS, ...ELEMENT_BYTES_BEHAVIOURS };

/** The layers of the pages that have passed to the set-top box, by IDTRX. */
type Pages = Map<string, EncryptionLayer>;

/** Of a payment page and of a load page, on the cable. */
const PAGE_TAGS = [LAYOUTS.page.tag, LAYOUTS["load-page"].tag];

/** What a load has within SEALED (`load.md` 4), beside what a sale has. */
const LOAD_TAGS = (
  [
    "load-request",
    "load-command",
    "load-response",
    "negative-result",
    "load-result",
    "load-inquiry",
    "load-recovery",
    "load-challenge",
    "challenge-response",
  ] as const
).map((kind) => LAYOUTS[kind].tag);

/** `act` for what the parameters name, told of the pages that have passed. */
function knowingPages(parameters: Parameters, act: (message: Uint8Array, pages: Pages) => Uint8Array) {
  const pages: Pages = new Map();
  const learn = PAGE_TAGS.map((message) => learning(message, pages));
  return { says: [...learn, saying(parameters, (message) => act(message, pages))] };
}

function learning(message: number, pages: Pages): LinkFault {
  return {
    link: "cable",
    from: "head-end",
    message,
    act: (bytes) => {
      const page = parseMessage(bytes);
      const isPage = page.kind === "page" || page.kind === "load-page";
      const layer = isPage ? layerOf(page) : undefined;
      if (isPage && layer) pages.set(page.IDTRX, layer);
      return bytes;
    },
    what: "the page is looked at",
  };
}

/** The message within, and its keys; undefined where it does not open. */
function opened(message: Uint8Array, pages: Pages) {
  const outer = parseMessage(message);
  if (!("SEALED" in outer) || !("IDTRX" in outer)) return undefined;
  const { IDTRX, SEALED } = outer;
  const layer = IDTRX === undefined ? undefined : pages.get(IDTRX);
  if (!layer || IDTRX === undefined || SEALED === undefined) return undefined;
  const inner = openMessage(layer.suite, layer.TSK, IDTRX, SEALED, [...INNER_TAGS, ...LOAD_TAGS]);
  return inner ? { ...layer, IDTRX, SEALED, inner } : undefined;
}

/** `link`, `from`, `message`; `as`: one of the message behaviours, for the message within, with its other parameters. */
const sayWithin: Behaviour = (parameters) => {
  const behaviour = WITHIN[textOf(parameters, "as")];
  const [fault] = behaviour?.({ ...parameters, link: "236" }).says ?? [];
  if (!fault) throw new PursebenchError("USAGE", "say-within needs a message behaviour");
  return knowingPages(parameters, (message, pages) => {
    const found = opened(message, pages);
    const said = found && fault.act(found.inner);
    if (!found || !(said instanceof Uint8Array)) return message;
    const nonce = found.SEALED.slice(0, nonceLength(found.suite));
    const SEALED = sealMessage(found.suite, found.TSK, found.IDTRX, nonce, said);
    return replaceElement(message, tagOf("SEALED"), () => SEALED);
  });
};

/** `link`, `from`, `message`: the message within, in clear in its place. */
const sayOpened: Behaviour = (parameters) =>
  knowingPages(parameters, (message, pages) => opened(message, pages)?.inner ?? message);

/** `link`, `from`, `message`, `element`: an element of the message within stands in clear behind SEALED; or the session key does ("TSK"). */
const sayBeside: Behaviour = (parameters) => {
  const tag = tagOf(textOf(parameters, "element"));
  const isKey = tag === tagOf("TSK");
  return knowingPages(parameters, (message, pages) => {
    const found = opened(message, pages);
    if (!found) return message;
    const value = isKey ? found.TSK : childrenOf(found.inner).find((node) => node.tag === tag)?.value;
    const parts = childrenOf(message).map((node) => encodeTlv(node.tag, node.value));
    return value ? encodeTemplate(message[0] ?? 0, ...parts, encodeTlv(tag, value)) : message;
  });
};

export const LAYER_SAYS_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "say-within": sayWithin,
  "say-opened": sayOpened,
  "say-beside": sayBeside,
};
