/** What a page, or a recovery, carries of the encryption layer (messages.md 3b; FIG 8). */
import { type CipherSuite, isCipherSuite } from "../../core/sale-profile.ts";

/** The elements as they stand in the messages E2 and E9. */
export interface LayerElements {
  readonly ENCRYPTION?: string | undefined;
  /** 16 hex digits. */
  readonly RND?: string | undefined;
  /** 16 bytes. A key: in no log and no error text. */
  readonly TSK?: Uint8Array | undefined;
  /** 44 bytes, or 40 with triple DES. */
  readonly ETSK?: Uint8Array | undefined;
}

/** The layer of one transaction. */
export interface EncryptionLayer {
  readonly suite: CipherSuite;
  readonly RND: string;
  readonly TSK: Uint8Array;
  readonly ETSK: Uint8Array;
}

const ETSK_LENGTHS: Readonly<Record<CipherSuite, number>> = { "AES-128-GCM": 44, "3DES-CBC-MAC": 40 };

/** Undefined where no layer is in force. Ask `layerFlaw` first: half a layer is none to rely on. */
export function layerOf({ ENCRYPTION, RND, TSK, ETSK }: LayerElements): EncryptionLayer | undefined {
  if (RND === undefined || TSK === undefined || ETSK === undefined) return undefined;
  return ENCRYPTION !== undefined && isCipherSuite(ENCRYPTION) ? { suite: ENCRYPTION, RND, TSK, ETSK } : undefined;
}

/** Why the elements make neither a layer nor none; undefined when they are in order. Names no value of a key. */
export function layerFlaw({ ENCRYPTION, RND, TSK, ETSK }: LayerElements): string | undefined {
  const present = [RND, TSK, ETSK].filter((each) => each !== undefined).length;
  if (present === 0) return undefined;
  if (present < 3 || ETSK === undefined) return "RND, TSK and ETSK are not all there";
  if (ENCRYPTION === undefined || !isCipherSuite(ENCRYPTION)) return "ENCRYPTION names no cipher suite of the layer";
  const wanted = ETSK_LENGTHS[ENCRYPTION];
  return ETSK.length === wanted ? undefined : `ETSK has ${ETSK.length} bytes, not ${wanted} as with ${ENCRYPTION}`;
}
