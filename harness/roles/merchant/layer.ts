/** The merchant's side of the encryption layer (`keys-and-signatures.md` 7): its keys and what the page says of them. */
import { fromHex, toHex } from "../../core/bytes.ts";
import type { MerchantSecret } from "../../crypto/expected-signature.ts";
import { deriveTransactionKey, newTsk, sealTsk } from "../../crypto/transaction-keys.ts";
import type { Sale } from "./sale.ts";
import { type MerchantIdentity, profileOf } from "./site.ts";

/** Fresh for each sale. */
export interface LayerRandomness {
  /** 8 bytes. */
  readonly RND: Uint8Array;
  /** 16 bytes, of which the TSK is made. */
  readonly TSK: Uint8Array;
  /** As long as the suite's nonce. */
  readonly nonce: Uint8Array;
}

/** The three parameters of the page; none without the layer (808). The TSK is here and nowhere else. */
export function layerParameters(
  identity: MerchantIdentity,
  sale: Sale,
  fresh: LayerRandomness | undefined,
): Readonly<Record<string, string>> {
  const secret = secretOf(identity, sale);
  if (secret === undefined || !("KDER" in secret) || fresh === undefined) return {};
  const { suite, KDER } = secret;
  const TSK = newTsk(suite, fresh.TSK);
  const names = { IDMER: identity.IDMER, IDTRX: sale.IDTRX, RND: fresh.RND };
  return {
    random: toHex(fresh.RND),
    "session-key": toHex(TSK),
    "encrypted-session-key": toHex(sealTsk(suite, KDER, names, TSK, fresh.nonce)),
  };
}

/** What confirmations and expected answers of this sale are sealed with: KMER, or KDER (806); undefined when the sale has no RND for it. */
export function secretOf(identity: MerchantIdentity, sale: Sale): MerchantSecret | undefined {
  const { KMER, KSH, IDMER } = identity;
  const { encryption: suite } = profileOf(identity);
  if (suite === undefined) return { KMER };
  if (KSH === undefined || sale.RND === undefined) return undefined;
  return { suite, KDER: deriveTransactionKey(suite, KSH, IDMER, sale.IDTRX, fromHex(sale.RND)) };
}
