import type { HttpRequest } from "../../link/exchange.ts";

/** Longest body that is looked at, in bytes (`messages.md`, section 4). */
export const BODY_LIMIT = 16_384;

export function isTooLarge({ body }: HttpRequest): boolean {
  return body.length > BODY_LIMIT || Buffer.byteLength(body) > BODY_LIMIT;
}

/** The fields `names` of a posted form, each exactly once; `undefined` when the request is no such form. */
export function formFields<Name extends string>(
  request: HttpRequest,
  names: readonly Name[],
): Readonly<Record<Name, string>> | undefined {
  const fields = optionalFields(request, names);
  return fields !== undefined && isComplete(fields, names) ? fields : undefined;
}

/** Those of the fields `names` that a posted form has, each at most once; `undefined` when the request is no such form. */
export function optionalFields<Name extends string>(
  request: HttpRequest,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> | undefined {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return undefined;
  const form = new URLSearchParams(request.body);
  const fields: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const [value, ...more] = form.getAll(name);
    if (more.length > 0) return undefined;
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

function isComplete<Name extends string>(
  fields: Partial<Record<Name, string>>,
  names: readonly Name[],
): fields is Record<Name, string> {
  return names.every((name) => fields[name] !== undefined);
}

/** The cookie `session`: 16 hex digits, upper case; `undefined` when it is missing, malformed or there twice. */
export function sessionOf({ headers }: HttpRequest): string | undefined {
  const cookies = (headers.cookie ?? "").split(";").map((cookie) => cookie.trim());
  const [session, ...more] = cookies.filter((cookie) => cookie.startsWith("session="));
  const value = session?.slice("session=".length);
  return value !== undefined && more.length === 0 && /^[0-9a-fA-F]{16}$/.test(value) ? value.toUpperCase() : undefined;
}
