/** Where a secret stands in what passed and in what was logged, in whatever form. */
import { toHex } from "../../harness/core/bytes.ts";
import type { LinkName } from "../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation, RecordedEvent } from "../../harness/flows/system.ts";
import type { CaseContext } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { eventsOf } from "../payment/support/observe.ts";

/** Bits of one character of base64. */
const SEXTET = 6;

type Seen = PurchaseObservation | readonly RecordedEvent[];

/** "236 binary", "log of the head-end hex": one for each place and form. `where` picks the messages that are looked at; all when absent. */
export function sightings(seen: Seen, secret: Uint8Array, where: (event: MessageEvent) => boolean = () => true) {
  return eventsOf(seen).flatMap((event) => {
    if (event.kind === "message") {
      return where(event) ? formsIn(event.bytes, secret).map((form) => `${event.link} ${form}`) : [];
    }
    if (event.kind !== "log") return [];
    const text = new TextEncoder().encode(JSON.stringify(event.fields));
    return formsIn(text, secret).map((form) => `log of the ${event.role} ${form}`);
  });
}

/** None of the secrets is anywhere in the messages that `where` picks, nor in any log. */
export function expectHidden(
  t: CaseContext,
  seen: Seen,
  secrets: Readonly<Record<string, Uint8Array>>,
  where?: (event: MessageEvent) => boolean,
  about?: About,
): void {
  for (const [name, secret] of Object.entries(secrets)) {
    t.expect.equal(`places where ${name} can be read`, sightings(seen, secret, where), [], about);
  }
}

/** For `where`: messages on these links. */
export function onLinks(...links: readonly LinkName[]): (event: MessageEvent) => boolean {
  return ({ link }) => links.includes(link);
}

/** Links that leave the cable provider's network. */
export const INTERNET: readonly LinkName[] = ["234", "236", "237", "238"];

function formsIn(bytes: Uint8Array, secret: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes).toString("latin1");
  const isBinary = Buffer.from(bytes).includes(Buffer.from(secret));
  const isHex = text.toUpperCase().includes(toHex(secret));
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  const isBase64 = base64Cores(secret).some((core) => plain.includes(core));
  return [...(isBinary ? ["binary"] : []), ...(isHex ? ["hex"] : []), ...(isBase64 ? ["base64"] : [])];
}

/** The characters that are the secret's alone, wherever it stands between other bytes. */
function base64Cores(secret: Uint8Array): readonly string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret]).toString("base64");
    return text.slice(Math.ceil((8 * before) / SEXTET), Math.floor((8 * (before + secret.length)) / SEXTET));
  });
}
