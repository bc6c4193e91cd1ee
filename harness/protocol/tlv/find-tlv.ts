import { PursebenchError } from "../../core/errors.ts";
import type { TlvNode } from "./read-tlv.ts";
import { tagName } from "./tag.ts";

/** The first object with that tag among `nodes` (not among their children), or undefined. */
export function findTlv(nodes: readonly TlvNode[], tag: number): TlvNode | undefined {
  for (const node of nodes) if (node.tag === tag) return node;
  return undefined;
}

/**
 * The one object with that tag among `nodes`. Throws `PROTOCOL` when it is missing, and when it is there twice: two
 * readers that pick different ones would act on different messages.
 */
export function requireTlv(nodes: readonly TlvNode[], tag: number): TlvNode {
  let found: TlvNode | undefined;
  for (const node of nodes) {
    if (node.tag !== tag) continue;
    if (found !== undefined) throw new PursebenchError("PROTOCOL", `data object ${tagName(tag)} is there twice`);
    found = node;
  }
  if (found === undefined) throw new PursebenchError("PROTOCOL", `data object ${tagName(tag)} is missing`);
  return found;
}
