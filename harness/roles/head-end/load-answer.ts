/** What an account holder answers, over HTTPS (load.md 3) or on link 236 (861), in one form. */
import type { LoadPage } from "../../protocol/messages/layouts.ts";
import { parseLoadPage } from "../../protocol/messages/load-page.ts";
import {
  parseCardInformationObject,
  parseLoadAuthorisation,
  parseLoadRefusal,
} from "../../protocol/messages/load-page-objects.ts";
import { sourceCode } from "../../protocol/messages/load-source.ts";
import type { Loss } from "./events.ts";
import type { LoadPhase, LoadState } from "./load-state.ts";
import type { LoadInput } from "./load-step.ts";

/** `page` is as it goes to the set-top box; over HTTPS there is an address for the amount as well. */
export type HolderAnswer =
  | { readonly kind: "request"; readonly SOURCE: number }
  | { readonly kind: "page"; readonly page: LoadPage; readonly amountUrl: string | undefined }
  | { readonly kind: "authorised"; readonly SECLOAD: Uint8Array }
  /** `cause`: a sentence where the code alone does not say it. `held`: the account may be debited all the same. */
  | { readonly kind: "refused"; readonly CC: string; readonly cause: string | undefined; readonly held: boolean }
  | { readonly kind: "unusable"; readonly reason: string }
  | { readonly kind: "lost"; readonly why: Loss };

type Http = Extract<LoadInput, { kind: "http" }>;
type OnLink236 = Extract<LoadInput, { kind: "payment" }>;

/** Undefined for an input that is no answer of the account holder. */
export function holderAnswer(load: LoadState, input: LoadInput): HolderAnswer | undefined {
  switch (input.kind) {
    case "http":
      return ofHttp(load.phase, input);
    case "payment":
      return ofLink(load, input);
    case "http-lost":
    case "payment-lost":
      return { kind: "lost", why: input.why };
    default:
      return undefined;
  }
}

function ofHttp(phase: LoadPhase, { status, body }: Http): HolderAnswer {
  if (status === 402) return ofRefusal(body);
  if (status === 403) return refusedWith("A009");
  if (status === 409) return refusedWith("A004");
  if (status !== 200) return { kind: "unusable", reason: `answer ${status}` };
  if (phase === "requesting") return ofObject(parseCardInformationObject(body), requestOf);
  if (phase === "authorising") return ofObject(parseLoadAuthorisation(body), authorised);
  const parsed = parseLoadPage(body);
  if (!parsed.ok) return { kind: "unusable", reason: parsed.reason };
  return { kind: "page", page: { kind: "load-page", ...parsed.page }, amountUrl: parsed.amountUrl };
}

function ofRefusal(body: string): HolderAnswer {
  const refusal = parseLoadRefusal(body);
  if (!refusal.ok || refusal.value === "0000") return { kind: "unusable", reason: "a refusal without a reason" };
  return refusedWith(refusal.value);
}

/** What a code says when it comes from an account holder. */
const CAUSES: Readonly<Record<string, string>> = {
  A004: "An amount was given for this load before.",
  A009: "The account or the load is unknown, or not this user's.",
};

function refusedWith(CC: string): HolderAnswer {
  return { kind: "refused", CC, cause: CAUSES[CC], held: CC === "A004" };
}

function ofObject<Value>(
  parsed: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string },
  answer: (value: Value) => HolderAnswer,
): HolderAnswer {
  return parsed.ok ? answer(parsed.value) : { kind: "unusable", reason: parsed.reason };
}

function requestOf(source: Parameters<typeof sourceCode>[0]): HolderAnswer {
  return { kind: "request", SOURCE: sourceCode(source) };
}

function authorised(SECLOAD: Uint8Array): HolderAnswer {
  return { kind: "authorised", SECLOAD };
}

/** The load server's own messages, in clear under TLS; which of them is due is the caller's question. */
function ofLink({ terms }: LoadState, { message }: OnLink236): HolderAnswer {
  switch (message.kind) {
    case "card-information-request":
      return { kind: "request", SOURCE: message.SOURCE };
    case "load-page":
      return { kind: "page", page: message, amountUrl: undefined };
    case "load-authorisation":
      if (message.IDTRX !== terms?.IDTRX) return { kind: "unusable", reason: "an authorisation of another load" };
      return { kind: "authorised", SECLOAD: message.SECLOAD };
    case "refusal":
      return message.CC === "0000" ? { kind: "unusable", reason: "refusal 0000" } : refusedWith(message.CC);
    case "unrecognised":
      return { kind: "unusable", reason: message.reason };
    default:
      return { kind: "unusable", reason: `${message.kind} that is not due` };
  }
}
