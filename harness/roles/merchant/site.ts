import { PursebenchError } from "../../core/errors.ts";
import { BASE_PROFILE, type SaleProfile } from "../../core/sale-profile.ts";

/** Something that the merchant sells. */
export interface CatalogueItem {
  /** 1 to 64 printable ASCII characters. */
  readonly ITEM: string;
  readonly title: string;
  /** Minor units, for one. */
  readonly price: number;
  /** ISO 4217 numeric, as on the card: "0978". */
  readonly CURR: string;
  /** 0 to 3. */
  readonly CEXP: number;
  /** Information is delivered on the page itself; goods get a receipt for later delivery. */
  readonly kind: "information" | "goods";
  /** The information that is bought, plain text. */
  readonly content?: string;
}

/** Who the merchant is and where it is reached. */
export interface MerchantIdentity {
  /** 8 characters A-Z 0-9, as the acquirer assigned it. */
  readonly IDMER: string;
  /** Contract key, 16 bytes. */
  readonly KMER: Uint8Array;
  /** Of the merchant's own site, e.g. "https://127.0.0.1:8443". */
  readonly origin: string;
  /** Where the head end sends the draw request. */
  readonly paymentServer: { readonly host: string; readonly port: number };
  /** What was agreed with the acquirer for its sales; the base payment when absent. */
  readonly profile?: SaleProfile | undefined;
  /** Shared key of merchant and payment server, 16 bytes; needed for the encryption layer. */
  readonly KSH?: Uint8Array | undefined;
  /** Key of the head end that is a trusted agent for this merchant, 16 bytes; needed where the head end compares. */
  readonly KTA?: Uint8Array | undefined;
}

export function profileOf({ profile = BASE_PROFILE }: MerchantIdentity): SaleProfile {
  return profile;
}

export interface MerchantSite {
  readonly identity: MerchantIdentity;
  readonly catalogue: readonly CatalogueItem[];
  /** Of the code module that the page addresses, 1 to 16 characters. */
  readonly RELEASE: string;
  /** Encryption method that pages without encryption layer name: the one of CONF. */
  readonly ENCRYPTION: string;
}

/** Longest text of purchased information, so that its page fits CONTENT (32,768 bytes) when every character is escaped. */
const CONTENT_LIMIT = 4_096;

/** The address of the status URL below the origin (`messages.md`, section 4). */
export const STATUS_PATH = "/status";

/** The status URL that only the contract with the payment server names, for its direct confirmations (`messages.md` 3c). */
export const DIRECT_PATH = `${STATUS_PATH}/direct`;

/** Throws `USAGE` when a site could not make pages that the specification allows. */
export function checkSite({ identity, catalogue }: MerchantSite): void {
  const { IDMER, KMER, origin, paymentServer } = identity;
  demand(/^[A-Z0-9]{8}$/.test(IDMER), `IDMER "${IDMER}"`, "8 characters A-Z 0-9");
  demand(KMER.length === 16, "the contract key", "16 bytes");
  demand(/^https?:\/\/[!-~]{1,1000}$/.test(origin), `origin "${origin}"`, "https://HOST:PORT");
  demand(/^[A-Za-z0-9._:-]{1,253}$/.test(paymentServer.host), `host "${paymentServer.host}"`, "a host name or address");
  demand(isWithin(paymentServer.port, 1, 0xffff), `port ${paymentServer.port}`, "1 to 65535");
  checkAgreed(identity);
  for (const item of catalogue) checkItem(item);
  const names = new Set(catalogue.map(({ ITEM }) => ITEM));
  demand(names.size === catalogue.length, "the catalogue", "each item once");
}

function checkAgreed(identity: MerchantIdentity): void {
  const { comparison, encryption } = profileOf(identity);
  if (encryption !== undefined)
    demand(identity.KSH?.length === 16, "the shared key", "16 bytes for the encryption layer");
  if (comparison === "head-end")
    demand(identity.KTA?.length === 16, "the agent's key", "16 bytes for a trusted head end");
}

function checkItem({ ITEM, title, price, CURR, CEXP, content }: CatalogueItem): void {
  demand(/^[ -~]{1,64}$/.test(ITEM), `item "${ITEM}"`, "1 to 64 printable ASCII characters");
  demand(title.length <= 256, `title of ${ITEM}`, "at most 256 characters");
  demand(isWithin(price, 1, 0xffff_ffff), `price of ${ITEM}`, "minor units, 1 to 4294967295");
  demand(/^0[0-9]{3}$/.test(CURR) && isWithin(CEXP, 0, 3), `currency of ${ITEM}`, '"0978" and 0 to 3 decimals');
  demand((content ?? "").length <= CONTENT_LIMIT, `content of ${ITEM}`, `at most ${CONTENT_LIMIT} characters`);
}

function isWithin(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function demand(holds: boolean, what: string, expected: string): void {
  if (holds) return;
  throw new PursebenchError("USAGE", `merchant site: ${what} is not as it must be`, { mend: `expected ${expected}` });
}
