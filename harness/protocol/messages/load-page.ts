/** The load page of an account holder (load.md 3; FIG 15, 874): its object, made and read. */
import { fromHex, toHex } from "../../core/bytes.ts";
import { isDateTime } from "./calendar.ts";
import { layerFlaw } from "./encryption-layer.ts";
import type { LoadPage } from "./layouts.ts";
import { loadSourceOf, sourceCode } from "./load-source.ts";
import { objectMarkup, oneObject, valuesOf } from "./page-object.ts";

export const LOAD_OBJECT_TYPE = "application/x-purse-load";

/** Field for field the load page message A4, and where the amount is sent, which the set-top box need not know. */
export interface LoadOffer {
  readonly page: Omit<LoadPage, "kind">;
  readonly amountUrl: string;
}

export type LoadPageResult =
  | ({ readonly ok: true } & LoadOffer)
  /** Has no value of a parameter in it: one of them is a key. */
  | { readonly ok: false; readonly reason: string };

const HTTP_URL = /^https?:\/\/[!-~]{1,1016}$/;
const HTTPS_URL = /^https:\/\/[!-~]{1,1016}$/;

/** Every parameter that a page must give, and its form. `status-url` is treated apart. */
const FORMS = {
  source: /^(?:bank|pre-funded)$/,
  "maximum-load-value": /^[1-9][0-9]{0,9}$/,
  currency: /^[0-9]{3}$/,
  "currency-exponent": /^[0-3]$/,
  "load-server-host": /^[A-Za-z0-9._:-]{1,253}$/,
  "load-server-port": /^[1-9][0-9]{0,4}$/,
  "transaction-id": /^[0-9a-fA-F]{32}$/,
  "account-holder-id": /^[A-Z0-9]{8}$/,
  "acquirer-id": /^[0-9]{8}$/,
  "time-stamp": /^[0-9]{14}$/,
  "amount-url": HTTP_URL,
  "security-information": /^[0-9a-fA-F]{16}$/,
  "release-level": /^[ -~]{1,16}$/,
  "encryption-method": /^[ -~]{1,16}$/,
  title: /^[\s\S]{0,1024}$/,
  random: /^[0-9a-fA-F]{16}$/,
  "session-key": /^[0-9a-fA-F]{32}$/,
  "encrypted-session-key": /^(?:[0-9a-fA-F]{80}|[0-9a-fA-F]{88})$/,
} as const;

type ParameterName = keyof typeof FORMS;
type Values = Readonly<Record<ParameterName, string>>;

/** The object of a load page, as it stands in the page. */
export function loadPageObject({ page, amountUrl }: LoadOffer): string {
  const values: Values = {
    source: loadSourceOf(page.SOURCE) ?? "",
    "maximum-load-value": String(page.MLDAmax),
    currency: page.CURRLDA.slice(1),
    "currency-exponent": String(page.CEXPLDA),
    "load-server-host": page.HOST,
    "load-server-port": String(page.PORT),
    "transaction-id": page.IDTRX,
    "account-holder-id": page.IDMER,
    "acquirer-id": page.IDACQ,
    "time-stamp": page.DTHR,
    "amount-url": amountUrl,
    "security-information": toHex(page.SECINFO),
    "release-level": page.RELEASE,
    "encryption-method": page.ENCRYPTION,
    title: page.TEXT,
    random: page.RND,
    "session-key": toHex(page.TSK),
    "encrypted-session-key": toHex(page.ETSK),
  };
  const all = page.URL === undefined ? values : { ...values, "status-url": page.URL };
  return objectMarkup(LOAD_OBJECT_TYPE, all, "This page needs a set-top box with a smart card reader.");
}

/**
 * The offer of the one load object in `html`, or why there is none to rely on: no such object or several, a parameter
 * missing, twice there or out of its range, a layer that is not whole. Parameters of other names are ignored. Never throws.
 */
export function parseLoadPage(html: string): LoadPageResult {
  const object = oneObject(html, LOAD_OBJECT_TYPE, "load");
  if (!object.ok) return object;
  const all = valuesOf(object.params, (name) => name === "status-url" || isParameterName(name));
  if (typeof all === "string") return refused(all);
  const values: Partial<Record<ParameterName, string>> = {};
  for (const [name, form] of Object.entries(FORMS)) {
    const value = all.get(name);
    if (value === undefined) return refused(`parameter ${name} is missing`);
    if (!form.test(value)) return refused(`parameter ${name} is not in its form or range`);
    if (isParameterName(name)) values[name] = value;
  }
  return isComplete(values) ? toOffer(values, all.get("status-url")) : refused("parameters are missing");
}

function toOffer(values: Values, URL: string | undefined): LoadPageResult {
  const flaw = rangeFlaw(values) ?? statusFlaw(values, URL);
  if (flaw !== undefined) return refused(flaw);
  const page: Omit<LoadPage, "kind"> = {
    SOURCE: sourceCode(loadSourceOf(values.source) ?? "bank"),
    IDMER: values["account-holder-id"],
    IDTRX: values["transaction-id"].toUpperCase(),
    MLDAmax: Number(values["maximum-load-value"]),
    CURRLDA: `0${values.currency}`,
    CEXPLDA: Number(values["currency-exponent"]),
    IDACQ: values["acquirer-id"],
    DTHR: values["time-stamp"],
    HOST: values["load-server-host"],
    PORT: Number(values["load-server-port"]),
    ...(URL === undefined ? {} : { URL }),
    SECINFO: fromHex(values["security-information"]),
    RELEASE: values["release-level"],
    ENCRYPTION: values["encryption-method"],
    TEXT: values.title,
    RND: values.random.toUpperCase(),
    TSK: fromHex(values["session-key"]),
    ETSK: fromHex(values["encrypted-session-key"]),
  };
  const layer = layerFlaw(page);
  if (layer !== undefined) return refused(`the encryption layer is not in order: ${layer}`);
  return { ok: true, page, amountUrl: values["amount-url"] };
}

function rangeFlaw(values: Values): string | undefined {
  if (Number(values["maximum-load-value"]) > 0xffff_ffff) return "parameter maximum-load-value is above 4294967295";
  if (Number(values["load-server-port"]) > 0xffff) return "parameter load-server-port is above 65535";
  if (!isDateTime(values["time-stamp"])) return "parameter time-stamp is no date and time";
  if (new TextEncoder().encode(values.title).length > 1024) return "parameter title is above 1024 bytes";
  return undefined;
}

/** A bank always hears what became of the load; a pre-funded load may name a server of somebody else, over HTTPS. */
function statusFlaw({ source }: Values, URL: string | undefined): string | undefined {
  if (URL === undefined) return source === "bank" ? "parameter status-url is missing" : undefined;
  const form = source === "bank" ? HTTP_URL : HTTPS_URL;
  return form.test(URL) ? undefined : "parameter status-url is not in its form or range";
}

function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(FORMS, name);
}

function isComplete(values: Partial<Record<ParameterName, string>>): values is Values {
  return Object.keys(FORMS).every((name) => Object.hasOwn(values, name));
}

function refused(reason: string): LoadPageResult {
  return { ok: false, reason };
}
