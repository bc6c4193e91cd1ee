import type { HttpResponse } from "../../link/exchange.ts";
import type { Step } from "../role.ts";
import { sentencePage } from "../web/page.ts";
import type { MerchantOutput, MerchantPhase } from "./effects.ts";

export type MerchantStep = Step<MerchantPhase, MerchantOutput>;

export function answer(response: HttpResponse, before: readonly MerchantOutput[] = []): MerchantStep {
  return { state: { at: "answered" }, outputs: [...before, { kind: "respond", response }, { kind: "end" }] };
}

/** The answers of `messages.md`, section 4, each with a sentence for the user. */
export const REFUSALS = {
  malformed: () => sentencePage(400, "Bad request", "The request was not understood. Please go back to the shop."),
  notPaid: () => sentencePage(402, "Payment failed", "The payment failed. Nothing was sold."),
  unpaid: () => sentencePage(402, "Not paid", "This sale has not been paid. Nothing was sold."),
  unacceptable: () => sentencePage(403, "Confirmation not accepted", "This confirmation does not fit the sale."),
  noSuchPage: () => sentencePage(404, "Not found", "There is no such page."),
  noSuchItem: () => sentencePage(404, "Not found", "There is no such item."),
  noSuchSale: () => sentencePage(404, "Not found", "There is no such transaction."),
  otherMethod: () => sentencePage(405, "Not possible", "This page cannot be used like that."),
  concluded: () => sentencePage(409, "Already concluded", "This sale has already been concluded."),
  unequal: () => sentencePage(422, "Not confirmed", "The card's signature is not the expected one. Please try again."),
  tooLarge: () => sentencePage(413, "Too large", "The request is too large."),
} as const satisfies Readonly<Record<string, () => HttpResponse>>;
