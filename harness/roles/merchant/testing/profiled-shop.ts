/** A shop whose sales have a profile (messages.md 3a to 3c), for the tests of the merchant. */
import { fromHex, toHex } from "../../../core/bytes.ts";
import { systemClock } from "../../../core/clock.ts";
import { seededRandom } from "../../../core/random.ts";
import { BASE_PROFILE, type CipherSuite, type SaleProfile } from "../../../core/sale-profile.ts";
import type { TraceEvent } from "../../../core/trace.ts";
import { type Confirmation, clearConfirmation, sealConfirmation } from "../../../crypto/confirmation.ts";
import { deriveTransactionKey } from "../../../crypto/transaction-keys.ts";
import { htmlTags } from "../../../protocol/messages/html-tags.ts";
import { type MerchantOptions, serveMerchant } from "../serve.ts";

export const IDMER = "SHOP0001";

export const KMER = fromHex("000102030405060708090A0B0C0D0E0F");

export const KSH = fromHex("01020407080B0D0E10131516191A1C1F");

export const KTA = fromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF");

export const EXPECTED = fromHex("0000 0007 000003E8 1122334455667788");

export const SESSION = "0123456789ABCDEF";

const SALE = { IDTERM: "00000001", NTPSAM: 9, DTHR: "20310506070809" };

export const SUITES = ["AES-128-GCM", "3DES-CBC-MAC"] as const;

export function shop(profile: Partial<SaleProfile>, over: Partial<MerchantOptions> = {}) {
  const trace: TraceEvent[] = [];
  const identity = {
    IDMER,
    KMER,
    KSH,
    KTA,
    origin: "https://shop.test",
    paymentServer: { host: "10.1.2.3", port: 4711 },
  };
  const server = serveMerchant({
    identity: { ...identity, profile: { ...BASE_PROFILE, ...profile } },
    catalogue: [
      { ITEM: "news", title: "News", price: 123, CURR: "0978", CEXP: 2, kind: "information", content: "rain at noon" },
    ],
    clock: systemClock,
    random: seededRandom("profiles"),
    trace: (event) => trace.push(event),
    ...over,
  });
  const post = (path: string, fields: Readonly<Record<string, string>>, session?: string) =>
    server.handler({
      method: "POST",
      path,
      headers: session === undefined ? {} : { cookie: `session=${session}` },
      body: new URLSearchParams(fields).toString(),
    });
  /** What the page's parameters say. */
  const order = async (): Promise<Readonly<Record<string, string>>> => {
    const { body } = await post("/checkout", { item: "news", quantity: "1", payment: "smart-card" }, SESSION);
    const tags = htmlTags(body).filter(({ name }) => name === "param");
    return Object.fromEntries(tags.map(({ attributes }) => [attributes.get("name"), attributes.get("value")]));
  };
  const buy = async () => (await order())["transaction-id"] ?? "";
  const claim = (IDTRX: string, proof: Readonly<Record<string, string>>, session?: string) =>
    post("/status", { "transaction-id": IDTRX, ...proof }, session);
  const direct = (IDTRX: string, proof: Readonly<Record<string, string>>) =>
    post("/status/direct", { "transaction-id": IDTRX, ...proof });
  const entries = () =>
    trace.flatMap((event) => (event.kind === "log" ? [[event.role, event.entry, event.step, event.fields]] : []));
  return { ...server, order, buy, claim, direct, entries, trace };
}

export function confirmation(IDTRX: string, over: Partial<Confirmation> = {}): Confirmation {
  return { IDTRX, IDMER, MPDA: 123, CURRPDA: "0978", CEXPPDA: 2, CC: "0000", ...SALE, ...over };
}

export const sealed = (IDTRX: string, over: Partial<Confirmation> = {}) => ({
  confirmation: toHex(sealConfirmation(KMER, confirmation(IDTRX, over), new Uint8Array(12).fill(7))),
});

export const clear = (key: Uint8Array, IDTRX: string, over: Partial<Confirmation> = {}) => ({
  "clear-confirmation": toHex(clearConfirmation(key, confirmation(IDTRX, over))),
});

export function derived(suite: CipherSuite, page: Readonly<Record<string, string>>): Uint8Array {
  return deriveTransactionKey(suite, KSH, IDMER, page["transaction-id"] ?? "", fromHex(page.random ?? ""));
}
