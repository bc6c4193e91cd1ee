/** Where signatures and keys of a purchase may be read, and nowhere else: in bytes, in hex, in base64. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import { eventsOf } from "../support/observe.ts";
import type { Combination } from "./dimensions.ts";
import { paymentLink } from "./expected.ts";
import { labelOf } from "./traffic.ts";

/** "link label" of every message in which the value stands. */
export function placesOf(seen: PurchaseObservation, value: Uint8Array): readonly string[] {
  const messages = eventsOf(seen).filter((event): event is MessageEvent => event.kind === "message");
  const found = messages.filter(({ link, bytes }) => link !== "ui" && shows(bytes, value));
  return [...new Set(found.map((event) => `${event.link} ${labelOf(event, seen)}`))].sort();
}

/** S2 goes to the card and to nobody beyond; under the layer it is sealed between head end and payment server. */
export function placesOfS2(combination: Combination): readonly string[] {
  const { encryption, comparison } = combination;
  const onPayment = encryption === undefined ? [`${paymentLink(combination)} EB`] : [];
  const issue = comparison === "psam" ? "7200" : "7201";
  return ["235 90540100", "LAN F2", "line F2", `SAM answer to ${issue}`, "cable EB", ...onPayment].sort();
}

/**
 * S3 of the card, which with COMPARE is known in advance as the expected one: to the security card, the comparing role and, in clear or
 * sealed, those between. Raw to the merchant of FIG 7 ([0063]), whom the layer does not seal it from.
 */
export function placesOfS3(combination: Combination): readonly string[] {
  const { encryption, comparison, sale } = combination;
  const link = paymentLink(combination);
  const clear = {
    psam: [`${link} EC`],
    "payment-server": [`${link} EC`],
    "head-end": [`${link} EB`, `${link} E0`],
    merchant: [`${link} E0`],
  } as const satisfies Record<typeof comparison, readonly string[]>;
  return [
    "235 answer to 90540100",
    ...(comparison === "psam" ? ["LAN F3", "line F3", "SAM 7400"] : ["LAN F2", "line F2", "SAM answer to 7201"]),
    ...(encryption === undefined ? ["cable EC", ...clear[comparison]] : []),
    ...(comparison === "merchant" && sale === "internet" ? ["234 POST /status"] : []),
  ].sort();
}

/** TSK is for set-top box and head end; ETSK is how the payment server gets it. */
export function placesOfTsk({ sale }: Combination): readonly string[] {
  return sale === "internet" ? ["234 200", "cable E2"] : ["cable E2"];
}

function shows(bytes: Uint8Array, value: Uint8Array): boolean {
  const hex = toHex(value);
  if (aligned(toHex(bytes), hex)) return true;
  const text = new TextDecoder("latin1").decode(bytes);
  return text.toUpperCase().includes(hex) || text.includes(Buffer.from(fromHex(hex)).toString("base64"));
}

/** On a byte's edge: half bytes in a row may be alike by chance. */
function aligned(text: string, hex: string): boolean {
  for (let at = text.indexOf(hex); at >= 0; at = text.indexOf(hex, at + 1)) if (at % 2 === 0) return true;
  return false;
}
