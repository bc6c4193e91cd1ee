import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import type { LinkName, RoleName } from "../../core/trace.ts";
import type { MessageOf } from "./layouts.ts";
import { encodeMessage } from "./message.ts";
import { stepOf } from "./steps.ts";

const IDTRX = "AB".repeat(16);
const text = (value: string) => new TextEncoder().encode(value);
const zeros = (length: number) => new Uint8Array(length);

const debitCommand = (over: Partial<MessageOf<"debit-command">>) =>
  encodeMessage({ kind: "debit-command", IDTRX, DEBITDATA: zeros(53), ...over });
const publicKey = { PSAMCERT: zeros(244), SESSKEY: zeros(224) };

const tDebit = (over: Partial<MessageOf<"t-debit">>) =>
  encodeMessage({ kind: "t-debit", IDTERM: "00000001", IDTRX, DEBITDATA: zeros(53), ...over });

const page = (over: Partial<MessageOf<"page">>) =>
  encodeMessage({
    kind: "page",
    IDMER: "SHOP0001",
    IDTRX,
    MPDA: 1,
    CURRPDA: "0978",
    CEXPPDA: 2,
    HOST: "h",
    PORT: 1,
    URL: "https://shop.test/status",
    SECINFO: zeros(8),
    RELEASE: "1.0",
    ENCRYPTION: "AES-128-GCM",
    TEXT: "",
    ...over,
  });
const layer = { RND: "00".repeat(8), TSK: zeros(16), ETSK: zeros(44) };

const sealed = encodeMessage({ kind: "sealed", IDTRX, SEALED: zeros(60) });
const apdu = (hex: string) => encodeMessage({ kind: "t-apdu", IDTERM: "00000001", APDU: fromHex(hex) });
const answer = encodeMessage({ kind: "t-answer", IDTERM: "00000001", RAPDU: fromHex("9000") });
const onLan = (message: Uint8Array) => Uint8Array.of(0, 0, 0, 1, ...message);

const clear = (IDTERM: string) => `clear-confirmation=${"11".repeat(34)}${IDTERM}${"22".repeat(27)}`;

describe("the step of a message of the variants", () => {
  it.each<[LinkName, RoleName, string, Uint8Array, string | undefined]>([
    ["236", "payment-server", "a debit command", debitCommand({}), "616"],
    ["236", "payment-server", "one for a public key card", debitCommand(publicKey), "616"],
    ["236", "payment-server", "one with EXPECTED", debitCommand({ EXPECTED: zeros(16) }), "728"],
    ["236", "payment-server", "one with SEXP", debitCommand({ SEXP: zeros(67) }), "748"],
    ["236", "payment-server", "one with everything", debitCommand({ ...publicKey, SEXP: zeros(56) }), "748"],
    ["236", "head-end", "a notice", fromHex("E000"), undefined],
    ["236", "head-end", "a sealed opening", fromHex("E400"), "810"],
    ["236", "payment-server", "a sealed debit command", sealed, "814"],
    ["236", "head-end", "a sealed debit response", sealed, "819"],
    ["236", "payment-server", "sealed results", fromHex("EF00"), "820"],
    ["237", "head-end", "a draw request", fromHex("EA00"), "612"],
    ["237", "head-end-payment-server", "a debit command", debitCommand({}), "616"],
    ["237", "head-end-payment-server", "a sealed one", sealed, "814"],
    ["cable", "head-end", "a page", page({}), "607"],
    ["cable", "head-end", "a page with a TSK", page(layer), "809"],
    ["cable", "head-end", "a page of the cable provider", page({ URL: "https://cable.invalid/status" }), "1110"],
    ["cable", "head-end", "one of his shops", page({ URL: "https://cable4.cable.invalid/status" }), "1110"],
    ["cable", "head-end", "one of another site", page({ URL: "https://shop.test/cable.invalid/" }), "607"],
    ["cable", "head-end", "one with a TSK", page({ URL: "https://cable.invalid/status", ...layer }), "809"],
    ["cable", "set-top-box", "a sealed debit response", sealed, "818"],
    ["line", "terminal", "T-debit", tDebit({}), "694"],
    ["line", "terminal", "T-debit for a public key card", tDebit(publicKey), "694"],
    ["line", "terminal", "T-debit with EXPECTED", tDebit({ EXPECTED: zeros(16) }), "706"],
    ["LAN", "concentrator", "T-debit with EXPECTED", onLan(tDebit({ EXPECTED: zeros(16) })), "706"],
    ["LAN", "payment-server", "T-apdu with a package", onLan(apdu("9072010022")), "688"],
    ["line", "concentrator", "T-apdu with COMPLETE", apdu("9074000020"), "626"],
    ["line", "concentrator", "T-apdu with SELECT", apdu("00A4040008"), undefined],
    ["SAM", "terminal", "a certificate", fromHex("90700200"), "688"],
    ["SAM", "terminal", "READ CERTIFICATE", fromHex("90780000"), undefined],
    ["235", "set-top-box", "READ RECORD of a certificate", fromHex("00B2011400"), "608"],
    ["235", "set-top-box", "READ RECORD of the log", fromHex("00B201C400"), undefined],
    ["235", "set-top-box", "PRESENT CERTIFICATE", fromHex("90580000F4"), "618"],
    ["235", "set-top-box", "PRESENT SESSION KEY", fromHex("90580100E0"), "618"],
    ["234", "head-end", "CONF", text("POST /status\n\ntransaction-id=1&confirmation=00"), "636"],
    ["234", "head-end", "CLEARCONF of a head end", text(`POST /status\n\n${clear("00000000")}`), "736"],
    ["234", "head-end", "CLEARCONF of the server", text(`POST /status\n\n${clear("00000001")}`), "636"],
    ["234", "head-end", "an answer of the card", text("POST /s\n\ncard-response=0&expected-signature=0"), "752"],
    ["234", "head-end", "the transaction alone", text("POST /status\n\ntransaction-id=00"), undefined],
    ["238", "payment-server", "CONF", text("POST /status/direct\n\ntransaction-id=1&confirmation=00"), "636"],
    ["238", "merchant", "its answer", text("200\n\n"), undefined],
  ])("%s from %s: %s", (link, from, _what, bytes, step) => {
    expect(stepOf(link, from, bytes)).toBe(step);
  });

  it.each<[LinkName, RoleName, string, Uint8Array, Uint8Array, string | undefined]>([
    ["SAM", "psam", "the expected signature", fromHex("9000"), fromHex("90720100"), "704"],
    ["line", "terminal", "T-answer to a package", answer, apdu("9072000022"), "692"],
    ["line", "terminal", "T-answer to COMPLETE", answer, apdu("9074000020"), "628"],
    ["line", "terminal", "T-answer to something else", answer, fromHex("F100"), undefined],
    ["234", "merchant", "a page", text('200\n\n<param name="title">'), text("POST /checkout\n\n"), "606"],
    [
      "234",
      "merchant",
      "a page with a TSK",
      text('200\n\n<param name="session-key">'),
      text("POST /checkout\n\n"),
      "808",
    ],
    ["234", "merchant", "the comparison's end", text("200\n\n"), text("POST /status\n\ncard-response=00"), "756"],
    ["234", "merchant", "what was paid directly", text("200\n\n"), text("POST /status\n\ntransaction-id=00"), "640"],
  ])("%s from %s, an answer: %s", (link, from, _what, bytes, request, step) => {
    expect(stepOf(link, from, bytes, request)).toBe(step);
  });
});
