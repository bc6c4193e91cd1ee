import { fromHex } from "../../core/bytes.ts";
import type { HtmlTag } from "./html-tags.ts";
import { oneObject, valuesOf } from "./page-object.ts";
import { type AgreedParameters, isAgreedParameter, readAgreedParameters } from "./payment-page-agreed.ts";

/** The purchase as the merchant's page states it (messages.md 4; [0072]); field for field the page message E2. */
export interface PaymentPage extends AgreedParameters {
  /** 8 characters A-Z 0-9. */
  readonly IDMER: string;
  /** 32 hex digits, upper case. */
  readonly IDTRX: string;
  /** Minor units, 1 to FFFFFFFF. */
  readonly MPDA: number;
  /** As on the card: "0978". */
  readonly CURRPDA: string;
  /** 0 to 3. */
  readonly CEXPPDA: number;
  readonly HOST: string;
  readonly PORT: number;
  readonly URL: string;
  /** 8 bytes. */
  readonly SECINFO: Uint8Array;
  readonly RELEASE: string;
  readonly ENCRYPTION: string;
  /** Title of the goods. */
  readonly TEXT: string;
}

export type PaymentPageResult =
  | { readonly ok: true; readonly page: PaymentPage }
  | { readonly ok: false; readonly reason: string };

/** Type of the object element that holds the parameters. */
export const PAYMENT_OBJECT_TYPE = "application/x-purse-payment";

const NAMES = {
  "total-cost": /^[1-9][0-9]{0,9}$/,
  currency: /^[0-9]{3}$/,
  "currency-exponent": /^[0-3]$/,
  "payment-server-host": /^[A-Za-z0-9._:-]{1,253}$/,
  "payment-server-port": /^[1-9][0-9]{0,4}$/,
  "transaction-id": /^[0-9a-fA-F]{32}$/,
  "merchant-id": /^[A-Z0-9]{8}$/,
  "status-url": /^https?:\/\/[!-~]{1,1016}$/,
  "security-information": /^[0-9a-fA-F]{16}$/,
  "release-level": /^[ -~]{1,16}$/,
  "encryption-method": /^[ -~]{1,16}$/,
  title: /^[\s\S]{0,1024}$/,
} as const;

type ParameterName = keyof typeof NAMES;
/** What every page must give, checked, and everything that this one gives. */
interface Parameters {
  readonly base: Readonly<Record<ParameterName, string>>;
  readonly all: ReadonlyMap<string, string>;
}

/**
 * The parameters of the one payment object in `html`, or why there are none to rely on: no such object or several, a
 * parameter missing, twice there or out of its range, half an encryption layer. Parameters of other names are ignored.
 * Never throws.
 */
export function parsePaymentPage(html: string): PaymentPageResult {
  const object = oneObject(html, PAYMENT_OBJECT_TYPE, "payment");
  if (!object.ok) return object;
  const known = collect(object.params);
  return typeof known === "string" ? refused(known) : toPage(known);
}

/** Every parameter once and in its form, or the reason against it. */
function collect(params: readonly HtmlTag[]): Parameters | string {
  const values = valuesOf(params, (name) => isParameterName(name) || isAgreedParameter(name));
  if (typeof values === "string") return values;
  const checked: Partial<Record<ParameterName, string>> = {};
  for (const [name, form] of Object.entries(NAMES)) {
    const value = values.get(name);
    if (value === undefined) return `parameter ${name} is missing`;
    if (!form.test(value)) return `parameter ${name} is "${value.slice(0, 40)}", which is not in its form or range`;
    if (isParameterName(name)) checked[name] = value;
  }
  return isComplete(checked) ? { base: checked, all: values } : "parameters are missing";
}

function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(NAMES, name);
}

function isComplete(values: Partial<Record<ParameterName, string>>): values is Record<ParameterName, string> {
  return Object.keys(NAMES).every((name) => Object.hasOwn(values, name));
}

function toPage({ base: values, all }: Parameters): PaymentPageResult {
  const MPDA = Number(values["total-cost"]);
  const PORT = Number(values["payment-server-port"]);
  if (MPDA > 0xffff_ffff) return refused("parameter total-cost is above 4294967295");
  if (PORT > 0xffff) return refused("parameter payment-server-port is above 65535");
  if (new TextEncoder().encode(values.title).length > 1024) return refused("parameter title is above 1024 bytes");
  const agreed = readAgreedParameters(all, values["encryption-method"]);
  if (!agreed.ok) return agreed;
  const page: PaymentPage = {
    IDMER: values["merchant-id"],
    IDTRX: values["transaction-id"].toUpperCase(),
    MPDA,
    CURRPDA: `0${values.currency}`,
    CEXPPDA: Number(values["currency-exponent"]),
    HOST: values["payment-server-host"],
    PORT,
    URL: values["status-url"],
    SECINFO: fromHex(values["security-information"]),
    RELEASE: values["release-level"],
    ENCRYPTION: values["encryption-method"],
    TEXT: values.title,
    ...agreed.value,
  };
  return { ok: true, page };
}

function refused(reason: string): PaymentPageResult {
  return { ok: false, reason };
}
