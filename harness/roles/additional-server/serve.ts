import { fromHex } from "../../core/bytes.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { loadRefusalObject } from "../../protocol/messages/load-page-objects.ts";
import { formFields, isTooLarge } from "../web/form.ts";
import { html, type Markup } from "../web/html.ts";
import { page, sentencePage } from "../web/page.ts";
import {
  type AdditionalAnswer,
  type AdditionalInput,
  type AdditionalServerRole,
  additionalServer,
  type HeardHolder,
  newAdditionalServer,
} from "./model.ts";

/** Path of its status URL, to which the account holder adds the random of the load as query `random` (`load.md` 3). */
export const ADDITIONAL_PATH = "/loads";

export interface AdditionalServerOptions {
  readonly holder: HeardHolder;
  readonly trace: TraceSink;
  readonly role?: AdditionalServerRole | undefined;
}

/** The other server of a pre-funded contract (FIG 17, 1091): link 234; what it has registered is there until it ends. */
export function serveAdditional({ holder, trace, role = additionalServer }: AdditionalServerOptions): HttpHandler {
  let state = newAdditionalServer(holder);
  return async (request) => {
    const asked = inputOf(request);
    if ("status" in asked) return asked;
    const step = role.handle(state, asked);
    state = step.state;
    let answer: AdditionalAnswer = "not-accepted";
    for (const output of step.outputs) {
      if (output.kind === "answer") answer = output.answer;
      else trace({ role: "additional-server", ...output });
    }
    return RESPONSES[answer]();
  };
}

function inputOf(request: HttpRequest): AdditionalInput | HttpResponse {
  if (isTooLarge(request)) return sentencePage(413, "Too large", "The request is too large.");
  const [path = "", query = ""] = request.path.split("?");
  if (path !== ADDITIONAL_PATH) return sentencePage(404, "Not found", "There is no such page.");
  if (request.method !== "POST") return sentencePage(405, "Not possible", "This page cannot be used like that.");
  const random = new URLSearchParams(query).getAll("random");
  const form = formFields(request, ["transaction-id", "confirmation"]);
  const [RND = ""] = random;
  const isWhole = random.length === 1 && /^[0-9a-fA-F]{16}$/.test(RND);
  if (!isWhole || !form || !/^[0-9a-fA-F]{32}$/.test(form["transaction-id"]) || !isHex(form.confirmation)) {
    return sentencePage(400, "Bad request", "The request was not understood.");
  }
  const IDTRX = form["transaction-id"].toUpperCase();
  return { kind: "confirmation", IDTRX, RND: fromHex(RND), CONF: fromHex(form.confirmation) };
}

function isHex(text: string): boolean {
  return /^(?:[0-9a-fA-F]{2}){1,8192}$/.test(text);
}

/** As a bank says it (`load.md` 3). */
const NO_LOAD: Markup = { markup: loadRefusalObject("A023") };

const RESPONSES: Readonly<Record<AdditionalAnswer, () => HttpResponse>> = {
  registered: () => sentencePage(200, "Registered", "The load has been registered."),
  "not-loaded": () => page(402, "Registered", html`<p>That no load occurred has been registered.</p>\n${NO_LOAD}`),
  "not-accepted": () => sentencePage(403, "Not accepted", "What was said of this load is not right."),
  other: () => sentencePage(409, "Already concluded", "This load has been concluded otherwise."),
};
