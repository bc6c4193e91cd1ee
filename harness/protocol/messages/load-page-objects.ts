/** The small objects of an account holder's answers (load.md 3): card information request, authorisation, refusal. */
import { fromHex, toHex } from "../../core/bytes.ts";
import { type LoadSource, loadSourceOf } from "./load-source.ts";
import { objectMarkup, oneObject, valuesOf } from "./page-object.ts";

export const CARD_INFORMATION_OBJECT_TYPE = "application/x-purse-card-information";
export const LOAD_AUTHORISATION_OBJECT_TYPE = "application/x-purse-load-authorisation";
export const LOAD_REFUSAL_OBJECT_TYPE = "application/x-purse-refusal";

export type ObjectResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

const NEEDS_MODULE = "This page needs a set-top box with a smart card reader.";

/** The card information request (872), as it stands in the answer to `POST /load`. */
export function cardInformationObject(source: LoadSource): string {
  return objectMarkup(CARD_INFORMATION_OBJECT_TYPE, { source }, NEEDS_MODULE);
}

/** The authorisation of an amount (875). SECLOAD: 8 bytes. */
export function loadAuthorisationObject(SECLOAD: Uint8Array): string {
  return objectMarkup(LOAD_AUTHORISATION_OBJECT_TYPE, { security: toHex(SECLOAD) }, NEEDS_MODULE);
}

/** Why there is no load, in a body of 402. CC: 4 hex digits. */
export function loadRefusalObject(CC: string): string {
  return objectMarkup(LOAD_REFUSAL_OBJECT_TYPE, { reason: CC }, "There is no load.");
}

/** The source of funds that a card information request names. Never throws. */
export function parseCardInformationObject(html: string): ObjectResult<LoadSource> {
  return parsed(html, CARD_INFORMATION_OBJECT_TYPE, "card information", "source", loadSourceOf);
}

/** SECLOAD of an authorisation, 8 bytes. Never throws. */
export function parseLoadAuthorisation(html: string): ObjectResult<Uint8Array> {
  return parsed(html, LOAD_AUTHORISATION_OBJECT_TYPE, "authorisation", "security", (text) =>
    /^[0-9a-fA-F]{16}$/.test(text) ? fromHex(text) : undefined,
  );
}

/** CC of a refusal, 4 hex digits, upper case. Never throws. */
export function parseLoadRefusal(html: string): ObjectResult<string> {
  return parsed(html, LOAD_REFUSAL_OBJECT_TYPE, "refusal", "reason", (text) =>
    /^[0-9a-fA-F]{4}$/.test(text) ? text.toUpperCase() : undefined,
  );
}

/** The one parameter of the one object of that type. */
function parsed<Value>(
  html: string,
  type: string,
  what: string,
  name: string,
  read: (text: string) => Value | undefined,
): ObjectResult<Value> {
  const object = oneObject(html, type, what);
  if (!object.ok) return object;
  const values = valuesOf(object.params, (each) => each === name);
  if (typeof values === "string") return { ok: false, reason: values };
  const text = values.get(name);
  if (text === undefined) return { ok: false, reason: `parameter ${name} is missing` };
  const value = read(text);
  return value === undefined ? { ok: false, reason: `parameter ${name} is not in its form` } : { ok: true, value };
}
