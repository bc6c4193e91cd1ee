import { describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import { encodeMessage } from "../protocol/messages/message.ts";
import { parsePaymentPage } from "../protocol/messages/payment-page.ts";
import type { MerchantInput, MerchantOutput } from "./merchant/effects.ts";
import { merchant, newRequest } from "./merchant/model.ts";
import type { Sale } from "./merchant/sale.ts";
import type { MerchantSite } from "./merchant/site.ts";
import type { PaymentInput, PaymentOutput } from "./payment-server/effects.ts";
import { paymentServer } from "./payment-server/model.ts";
import { newThread } from "./payment-server/phase.ts";
import { drive } from "./role.ts";
import {
  bytesNamed,
  KEYS,
  LONGEST_NONCE,
  nonceOf,
  nonceOfNext,
  profileOf,
  type Said,
  Script,
  TRANSCRIPTS,
  type Transcript,
} from "./testing/transcripts.ts";

const ORIGIN = "https://shop.example:8443";
function siteOf(transcript: Transcript): MerchantSite {
  const { IDMER } = transcript;
  const keys = { KMER: bytesNamed(transcript, "KMER"), KSH: KEYS.sharedKey(IDMER), KTA: KEYS.agentKey(IDMER) };
  const paymentServer = { host: "pay.example", port: 7236 };
  const item = { ITEM: "news", title: "Evening news", price: 250, CURR: "0978", CEXP: 2, kind: "information" } as const;
  return {
    identity: { IDMER, ...keys, origin: ORIGIN, paymentServer, profile: profileOf(transcript) },
    catalogue: [{ ...item, content: "The evening news, all of it." }],
    RELEASE: "1.0",
    ENCRYPTION: "AES-128-GCM",
  };
}

function formOf({ form = {} }: Said): string {
  return new URLSearchParams(form).toString();
}

describe.each(TRANSCRIPTS)("the transcript of $figure", (transcript) => {
  it("is what the payment server makes of it", async () => {
    const headEndLink = new Script(transcript, "236");
    const line = new Script(transcript, "line");
    const fresh = () => {
      const isDraw = headEndLink.next?.name === "debit-command" || headEndLink.next?.name === "sealed";
      return {
        nonce: nonceOf(bytesNamed(transcript, isDraw ? "SEXP" : "CONF")),
        layerNonce: nonceOfNext(headEndLink),
      };
    };
    const perform = (output: PaymentOutput): PaymentInput | undefined => {
      switch (output.kind) {
        case "await-head-end": {
          const bytes = headEndLink.hear();
          return { kind: "message", bytes, ...fresh() };
        }
        case "find-merchant": {
          const { KMER, KSH } = siteOf(transcript).identity;
          return {
            kind: "merchant",
            contract: { KMER, KSH, active: true, profile: profileOf(transcript) },
            ...fresh(),
          };
        }
        case "register":
          return { kind: "registered", isNew: true };
        case "acquire-terminal":
          return { kind: "terminal", IDTERM: "00000001" };
        case "ask-terminal":
          line.expectSaid("payment-server", output.bytes);
          return { kind: "terminal-answer", bytes: line.hear(), ...fresh() };
        case "send":
          headEndLink.expectSaid("payment-server", output.bytes);
          return undefined;
        default:
          return undefined;
      }
    };
    await drive(paymentServer, newThread([{ CURR: "0978", CEXP: 2 }]), { kind: "connected" }, perform);
    headEndLink.expectOver();
    line.expectOver();
  });

  it("is what the merchant makes of it", async () => {
    const http = new Script(transcript, "234");
    const page = transcript.messages.find(({ link, name }) => link === "cable" && name === "page");
    let sale: Sale | undefined;
    const request = async (path: string): Promise<{ readonly status: number; readonly body: string }> => {
      const asked = http.take();
      const headers = { cookie: `session=${asked.session}`, "content-type": "application/x-www-form-urlencoded" };
      const random = {
        RND: bytesNamed(transcript, "RND"),
        TSK: bytesNamed(transcript, "TSK"),
        nonce: nonceOf(bytesNamed(transcript, "ETSK"), transcript.suite === "3DES-CBC-MAC" ? 8 : LONGEST_NONCE),
      };
      const layer = transcript.suite === null ? {} : { layer: random };
      let response = { status: 0, body: "" };
      const perform = (output: MerchantOutput): MerchantInput | undefined => {
        if (output.kind === "add-sale") sale = output.sale;
        if (output.kind === "respond") response = output.response;
        if (output.kind === "find-sale") return { kind: "sale", sale };
        return output.kind === "conclude-sale" ? { kind: "concluded", isFirst: true } : undefined;
      };
      const posted = { method: "POST", path, headers, body: formOf(asked) } as const;
      const first = { kind: "request", request: posted, IDTRX: transcript.IDTRX, ...layer } as const;
      await drive(merchant, newRequest(siteOf(transcript)), first, perform);
      http.take();
      return response;
    };
    const parsed = parsePaymentPage((await request("/checkout")).body);
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(toHex(encodeMessage({ kind: "page", ...parsed.page }))).toBe(page?.bytes);
    const delivered = await request("/status");
    expect(delivered.status).toBe(200);
    expect(delivered.body).toContain("The evening news, all of it.");
    http.expectOver();
  });
});
