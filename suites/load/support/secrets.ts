/** Keys of a load that no role may say or keep in clear. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { CaseContext } from "../../define/case.ts";
import type { OneLoad } from "./one-load.ts";
import { keysFor } from "./signatures.ts";

/** By name, 16 bytes each. */
export type Secrets = ReadonlyMap<string, Uint8Array>;

/** All of them; the session key TSK is on the page by design, and nowhere else. */
export function secretsOf(
  t: CaseContext,
  { site, keys, request }: Pick<OneLoad, "site" | "keys" | "request">,
): Secrets {
  const { MKL, KDL, KS1, KS2, KS3 } = keysFor(t, request);
  const found = {
    ...{ MKL, KDL, KS1, KS2, KS3, KDER: keys.KDER, TSK: keys.TSK },
    LMK: t.keys.localMasterKey(),
    KLS: t.keys.loadServerKey(t.facts.loadServer.IDACQ),
    KMER: t.keys.merchantKey(site.IDMER),
    KSH: t.keys.sharedKey(site.IDMER),
  };
  return new Map(Object.entries(found).flatMap(([name, key]) => (key ? [[name, key] as const] : [])));
}

/** Names of the keys of which a half stands in that text, in hex of either case. */
export function keysIn(text: string, secrets: Secrets): readonly string[] {
  const upper = text.toUpperCase();
  return [...secrets].flatMap(([name, key]) => (halves(key).some((half) => upper.includes(half)) ? [name] : []));
}

function halves(key: Uint8Array): readonly string[] {
  return [toHex(key.subarray(0, 8)), toHex(key.subarray(8))];
}
