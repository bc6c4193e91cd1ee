import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { Sale } from "./sale.ts";
import type { MerchantSite } from "./site.ts";

/** What one request's handling is told. */
export type MerchantInput =
  /** `IDTRX`: a fresh random identifier, 32 hex digits, for the sale that the request may open. */
  | { readonly kind: "request"; readonly request: HttpRequest; readonly IDTRX: string }
  | { readonly kind: "sale"; readonly sale: Sale | undefined }
  /** False: the sale had ended before. */
  | { readonly kind: "concluded"; readonly isFirst: boolean };

export type MerchantOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "add-sale"; readonly sale: Sale }
  | { readonly kind: "find-sale"; readonly IDTRX: string }
  | { readonly kind: "conclude-sale"; readonly IDTRX: string; readonly status: "released" | "failed" }
  | { readonly kind: "respond"; readonly response: HttpResponse };

export type MerchantPhase =
  | { readonly at: "request" }
  | { readonly at: "sale"; readonly CONF: string }
  | { readonly at: "conclusion"; readonly sale: Sale; readonly isPaid: boolean }
  | { readonly at: "answered" };

export interface MerchantState {
  readonly site: MerchantSite;
  readonly phase: MerchantPhase;
}
