/** Link 234 (`load.md` 3): a request as a question, an answer as a page. */

import { fromHex } from "../../core/bytes.ts";
import { formatAmount } from "../../core/currency.ts";
import { unreachable } from "../../core/errors.ts";
import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { loadPageObject } from "../../protocol/messages/load-page.ts";
import {
  cardInformationObject,
  loadAuthorisationObject,
  loadRefusalObject,
} from "../../protocol/messages/load-page-objects.ts";
import { formFields, isTooLarge, sessionOf } from "../web/form.ts";
import { html, type Markup } from "../web/html.ts";
import { page, sentencePage } from "../web/page.ts";
import { type AccountHolder, AMOUNT_PATH, CARD_PATH, STATUS_PATH } from "./contract.ts";
import type { Answer, Question } from "./questions.ts";

/** What a request asks, or the answer to one that asks nothing (413, 404, 405, 400). */
export type Asked =
  | { readonly ok: true; readonly question: Question }
  | { readonly ok: false; readonly response: HttpResponse };

export function questionOf({ source }: AccountHolder, request: HttpRequest): Asked {
  if (isTooLarge(request)) return refused(sentencePage(413, "Too large", "The request is too large."));
  const [path = ""] = request.path.split("?");
  const read = READERS.get(path);
  if (read === undefined || (path === STATUS_PATH && source === "pre-funded")) {
    return refused(sentencePage(404, "Not found", "There is no such page."));
  }
  if (request.method !== "POST") {
    const { headers, ...rest } = sentencePage(405, "Not possible", "This page cannot be used like that.");
    return refused({ ...rest, headers: { ...headers, allow: "POST" } });
  }
  const question = read(request);
  return question === undefined
    ? refused(responseOf({ kind: "refused", status: 400, CC: "A001" }))
    : { ok: true, question };
}

function refused(response: HttpResponse): Asked {
  return { ok: false, response };
}

const READERS: ReadonlyMap<string, (request: HttpRequest) => Question | undefined> = new Map([
  ["/load", selectionOf],
  [CARD_PATH, balanceOf],
  [AMOUNT_PATH, amountOf],
  [STATUS_PATH, confirmationOf],
]);

const ACCOUNT_FORM = /^[A-Z0-9-]{1,34}$/;
const IDTRX_FORM = /^[0-9a-fA-F]{32}$/;

function selectionOf(request: HttpRequest): Question | undefined {
  const ACCOUNT = formFields(request, ["account"])?.account ?? "";
  const SESSION = sessionOf(request);
  return SESSION !== undefined && ACCOUNT_FORM.test(ACCOUNT) ? { kind: "select", SESSION, ACCOUNT } : undefined;
}

function balanceOf(request: HttpRequest): Question | undefined {
  const form = formFields(request, ["account", "atr", "balance", "card-information"]);
  const SESSION = sessionOf(request);
  if (form === undefined || SESSION === undefined || !ACCOUNT_FORM.test(form.account)) return undefined;
  const [ATR, BALANCE, CARDINFO] = [
    hexOf(form.atr, 2, 33),
    hexOf(form.balance, 13, 13),
    hexOf(form["card-information"], 21, 21),
  ];
  if (!ATR || !BALANCE || !CARDINFO) return undefined;
  return { kind: "balance", SESSION, ACCOUNT: form.account, ATR, BALANCE, CARDINFO };
}

function amountOf(request: HttpRequest): Question | undefined {
  const form = formFields(request, ["transaction-id", "amount"]);
  const SESSION = sessionOf(request);
  if (form === undefined || SESSION === undefined || !IDTRX_FORM.test(form["transaction-id"])) return undefined;
  if (!/^(?:0|[1-9][0-9]{0,9})$/.test(form.amount) || Number(form.amount) > 0xffff_ffff) return undefined;
  return { kind: "amount", SESSION, IDTRX: form["transaction-id"].toUpperCase(), MLDA: Number(form.amount) };
}

function confirmationOf(request: HttpRequest): Question | undefined {
  const form = formFields(request, ["transaction-id", "confirmation"]);
  const CONF = form && hexOf(form.confirmation, 1, 8_192);
  if (!CONF || !IDTRX_FORM.test(form["transaction-id"])) return undefined;
  return { kind: "confirmation", IDTRX: form["transaction-id"].toUpperCase(), CONF };
}

function hexOf(text: string, min: number, max: number): Uint8Array | undefined {
  const isHex = /^(?:[0-9a-fA-F]{2})+$/.test(text) && text.length >= 2 * min && text.length <= 2 * max;
  return isHex ? fromHex(text) : undefined;
}

/** The page that says an answer to code module and user. */
export function responseOf(answer: Answer): HttpResponse {
  switch (answer.kind) {
    case "card-information":
      return withObject(200, "Load", "Please put your card into the reader.", cardInformationObject(answer.source));
    case "page": {
      const { MLDAmax, CURRLDA, CEXPLDA } = answer.page;
      const most = formatAmount(MLDAmax, CURRLDA, CEXPLDA);
      return withObject(200, "Load", `You can load up to ${most} onto this card.`, loadPageObject(answer));
    }
    case "authorised": {
      const { MLDA, CURRLDA, CEXPLDA } = answer.load;
      const amount = formatAmount(MLDA ?? 0, CURRLDA, CEXPLDA);
      const sentence = `${amount} are reserved in your account.`;
      return withObject(200, "Authorised", sentence, loadAuthorisationObject(answer.SECLOAD));
    }
    case "loaded": {
      const { MLDA, CURRLDA, CEXPLDA } = answer.load;
      const amount = formatAmount(MLDA ?? 0, CURRLDA, CEXPLDA);
      return sentencePage(200, "Loaded", `${amount} went from your account to your card.`);
    }
    case "settled":
      return sentencePage(200, "Settled", "What became of the load is known.");
    case "refused":
      return refusalPage(answer);
    default:
      return unreachable(answer);
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  A012: "Your card has expired. It cannot be loaded.",
  A013: "Your card holds another currency than this account.",
  A020: "There is no money in this account.",
  A021: "Your card holds as much as it can.",
  A022: "This amount cannot be loaded.",
  A023: "Your card was not loaded. The amount is back in your account.",
};

function refusalPage({ status, CC }: Extract<Answer, { kind: "refused" }>): HttpResponse {
  switch (status) {
    case 400:
      return sentencePage(400, "Bad request", "The request was not understood. Please begin again.");
    case 402:
      return withObject(402, "Not loaded", SENTENCES[CC] ?? "Your card cannot be loaded.", loadRefusalObject(CC));
    case 403:
      return sentencePage(
        403,
        "Not accepted",
        "This account or load is not yours, or what was said of it is not right.",
      );
    case 404:
      return sentencePage(404, "Not found", "There is no such load.");
    case 409:
      return sentencePage(409, "Already concluded", "This load has been concluded or authorised otherwise.");
    default:
      return unreachable(status);
  }
}

function withObject(status: number, title: string, sentence: string, object: string): HttpResponse {
  const markup: Markup = { markup: object };
  return page(status, title, html`<p>${sentence}</p>\n${markup}`);
}
