/** Every key that has to do with a run: those of the key set, and those that its messages tell how to derive or carry. */
import { createPrivateKey } from "node:crypto";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { aesCmac } from "../../crypto/aes.ts";
import { deriveCollectionKey, deriveUpdateKey } from "../../crypto/collection.ts";
import { decipherSessionKey } from "../../crypto/key-transport.ts";
import { deriveLoadKey, deriveLoadSessionKeys, loadAlgorithm } from "../../crypto/load-keys.ts";
import { deriveCardKey, deriveSessionKeys } from "../../crypto/purse-keys.ts";
import { loadTestKeys } from "../../crypto/test-keys.ts";
import { deriveTransactionKey } from "../../crypto/transaction-keys.ts";
import { parseInitResponse } from "../../protocol/messages/init-response.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { parseLoadResponse } from "../../protocol/messages/load-response.ts";
import { parseMessage } from "../../protocol/messages/message.ts";

/** "KIND first digits" to bytes. */
export type Keys = ReadonlyMap<string, Uint8Array>;

const PKCS8 = /MII(?:[A-Za-z0-9+/=]|\n\s+)+/g;
const SECRET_NUMBERS = ["d", "p", "q", "dp", "dq", "qi"] as const;
const PUBLIC_KEY = 10;

export class KeysOfRun {
  readonly #file: string;
  readonly #set;
  readonly #found = new Map<string, Uint8Array>();

  /** `file`: text of the key set. */
  constructor(file: string) {
    this.#file = file;
    this.#set = loadTestKeys(file, "test-keys.yaml");
  }

  /** The symmetric keys of the set, and the secret numbers of its RSA keys. */
  masters(): Keys {
    const found = new Map<string, Uint8Array>();
    for (const hex of this.#file.match(/\b[0-9A-F]{32}\b/g) ?? []) found.set(`key set ${hex}`, fromHex(hex));
    for (const key of this.#privateKeys()) {
      const jwk = createPrivateKey({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" }).export({
        format: "jwk",
      });
      for (const name of SECRET_NUMBERS) {
        const number = Buffer.from(jwk[name] ?? "", "base64url");
        found.set(`RSA ${name} ${toHex(number).slice(0, 8)}`, number);
      }
    }
    return found;
  }

  /** Of these events, with those of the calls before. */
  derived(events: Iterable<TraceEvent>): Keys {
    for (const event of events) {
      if (event.kind !== "message" || !["cable", "236", "237", "line"].includes(event.link)) continue;
      const message = parseMessage(event.bytes);
      if (message.kind !== "unrecognised") this.#learn(message);
    }
    return this.#found;
  }

  #privateKeys(): readonly string[] {
    return (this.#file.match(PKCS8) ?? []).map((text) => text.replaceAll(/\s/g, ""));
  }

  #note(name: string, key: Uint8Array | null | undefined): void {
    if (key && new Set(key).size >= 4) this.#found.set(`${name} ${toHex(key).slice(0, 8)}`, key);
  }

  #learn(message: Message): void {
    if ("TSK" in message) this.#note("TSK", message.TSK);
    if (message.kind === "load-page" || message.kind === "page") this.#learnLayer(message);
    if (message.kind === "card-information") this.#learnCard(message.INITRSP);
    if (message.kind === "load-card-information") this.#learnLoad(message.LOADRSP);
    if (message.kind === "t-collected") this.#learnPsam(message.BATCHNO);
    if ("SESSKEY" in message && message.SESSKEY) this.#learnSent(message.SESSKEY);
  }

  #learnLayer({ IDMER, IDTRX, RND, ENCRYPTION }: Extract<Message, { kind: "page" | "load-page" }>): void {
    const [KMER, KSH] = [this.#set.merchantKey(IDMER), this.#set.sharedKey(IDMER)];
    if (KMER) this.#note("KSEC", aesCmac(KMER, concat(Uint8Array.of(0xa2), new TextEncoder().encode(IDMER))));
    const suite = ENCRYPTION === "3DES-CBC-MAC" ? ENCRYPTION : "AES-128-GCM";
    if (KSH && RND?.length === 16) this.#note("KDER", deriveTransactionKey(suite, KSH, IDMER, IDTRX, fromHex(RND)));
  }

  #learnCard(INITRSP: Uint8Array): void {
    const card = parseInitResponse(INITRSP);
    if (!card.ok || card.value.ALGIEP === PUBLIC_KEY) return;
    const { PPIEP, IDIEP, ALGIEP, VKIEP, NTIEP, R } = card.value;
    const MKP = this.#set.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
    if (!MKP) return;
    const KDP = deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP);
    this.#note("KDP", KDP);
    for (const [name, key] of Object.entries(deriveSessionKeys(ALGIEP, KDP, NTIEP, fromHex(R)))) this.#note(name, key);
  }

  #learnLoad(LOADRSP: Uint8Array): void {
    const card = parseLoadResponse(LOADRSP);
    if (!card.ok) return;
    const { PPIEP, IDIEP, ALGIEP, VKIEP } = card.value;
    const ALGL = loadAlgorithm(ALGIEP);
    const MKL = this.#set.masterLoadKey(PPIEP, ALGL, VKIEP);
    if (!MKL) return;
    const KDL = deriveLoadKey(ALGL, MKL, PPIEP, IDIEP);
    this.#note("KDL", KDL);
    for (const [name, key] of Object.entries(deriveLoadSessionKeys(ALGL, KDL, card.value))) this.#note(name, key);
  }

  #learnPsam(BATCHNO: string): void {
    const MKC = this.#set.masterCollectionKey();
    if (!MKC) return;
    const KDC = deriveCollectionKey(MKC, { PPPSAM: BATCHNO.slice(0, 6), IDPSAM: BATCHNO.slice(8) });
    this.#note("KDC", KDC);
    this.#note("KUP", deriveUpdateKey(KDC, 1));
  }

  /** SESSKEY: EK 112 bytes, SIG 112. What a card of another key would make of it does no harm. */
  #learnSent(SESSKEY: Uint8Array): void {
    for (const key of this.#privateKeys()) this.#note("SK", decipherSessionKey(key, SESSKEY.subarray(0, 112)));
  }
}
