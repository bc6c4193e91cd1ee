/** Link 234 with each form field and each parameter of the page altered alone (steps 602 to 606, 636, 640). */
import type { Case } from "../../define/case.ts";
import { type Change, inText } from "../support/alter.ts";
import { PAID, refused, UNDELIVERED } from "./fate.ts";
import { row, walkCase } from "./walk.ts";

/** A parameter of the payment object, its last character made another digit or the whole value replaced. */
function parameter(name: string, value: string): Change {
  return inText(new RegExp(`(name="${name}"\\s+value=")[^"]*`), `$1${value}`);
}

function lastDigitOf(name: string): Change {
  const pattern = new RegExp(`name="${name}"\\s+value="[^"]*`);
  return (body) => {
    const found = pattern.exec(new TextDecoder().decode(body))?.[0] ?? "";
    const last = Number.parseInt(found.slice(-1), 16);
    const other = (Number.isNaN(last) ? 0 : last ^ 1).toString(16).toUpperCase();
    return inText(pattern, `${found.slice(0, -1)}${other}`)(body);
  };
}

function without(name: string): Change {
  return inText(new RegExp(`<param\\s+name="${name}"[^>]*>`), "");
}

const PARAMETERS = [
  "total-cost",
  "currency",
  "currency-exponent",
  "payment-server-host",
  "payment-server-port",
  "transaction-id",
  "merchant-id",
  "status-url",
  "security-information",
];

export const cases: readonly Case[] = [
  walkCase({
    id: "PAY-ALT-234-ORDER",
    purpose: "An order form altered on its way to the merchant buys what the page then says, or nothing",
    requirements: ["PAY-BASE-606-a", "PAY-BASE-602"],
    owner: "server",
    link: "234",
    from: "head-end",
    message: "POST /checkout",
    rows: [
      row("item", inText(/item=[^&]*/, "item=no-such-item"), refused("A017")),
      row("quantity", inText(/quantity=[^&]*/, "quantity=2"), PAID),
      row("payment", inText(/payment=[^&]*/, "payment=cheque"), refused("A017")),
    ],
  }),
  walkCase({
    id: "PAY-ALT-234-PAGE",
    purpose: "A page in which one parameter is altered leads to no debit, or the altered parameter does not matter",
    requirements: ["PAY-BASE-606-i", "PAY-BASE-618-d", "PAY-BASE-609-h", "PS-0048-a", "AMB-VALID-TX"],
    owner: "server",
    link: "234",
    from: "merchant",
    message: "response POST /checkout",
    rows: [
      row("total-cost", lastDigitOf("total-cost"), refused("A006")),
      row("currency", lastDigitOf("currency"), refused("A013")),
      row("currency-exponent", lastDigitOf("currency-exponent"), refused("A013")),
      row("payment-server-host", parameter("payment-server-host", "elsewhere.invalid"), refused("A019", "A010")),
      row("payment-server-port", parameter("payment-server-port", "1"), refused("A019", "A010")),
      row("transaction-id", lastDigitOf("transaction-id"), refused("A006")),
      row("merchant-id", parameter("merchant-id", "UNKNOWN0"), refused("A002")),
      row("status-url, foreign", parameter("status-url", "https://elsewhere.invalid/status"), refused("A017")),
      row("status-url, other path", inText(/(name="status-url"\s+value="[^"]*)"/, '$1-elsewhere"'), UNDELIVERED),
      row("security-information", lastDigitOf("security-information"), refused("A006")),
      row("release-level", parameter("release-level", "9.9"), PAID),
      row("encryption-method", parameter("encryption-method", "AES-256-GCM"), PAID),
      row("title", parameter("title", "another title"), PAID),
    ],
  }),
  walkCase({
    id: "PAY-ALT-234-MISSING",
    purpose: "A page without one of the parameters that a payment needs leads to no debit",
    requirements: ["PAY-BASE-606-k", "HE-0027-b"],
    owner: "server",
    link: "234",
    from: "merchant",
    message: "response POST /checkout",
    rows: PARAMETERS.map((name) => row(`${name}, left out`, without(name), refused("A017"))),
  }),
  walkCase({
    id: "PAY-ALT-234-STATUS",
    purpose: "A confirmation form in which one field is altered releases nothing",
    requirements: ["PAY-BASE-634-c", "PAY-BASE-638-c", "MS-0048-a"],
    owner: "server",
    link: "234",
    from: "head-end",
    message: "POST /status",
    rows: [
      row("transaction-id", inText(/(transaction-id=.{31})./, "$1G"), UNDELIVERED),
      row("transaction-id, another", inText(/transaction-id=.{8}/, "transaction-id=00000000"), UNDELIVERED),
      ...[0, 12, 37, 39, 60, 61, 76].map((offset) =>
        row(`confirmation, byte ${offset}`, hexDigit("confirmation=", offset), UNDELIVERED),
      ),
      row("confirmation, cut off", inText(/(confirmation=.{140}).*/, "$1"), UNDELIVERED),
    ],
  }),
];

/** The second hex digit of byte `offset` behind `name`, its last bit inverted. */
function hexDigit(name: string, offset: number): Change {
  const pattern = new RegExp(`(${name}.{${2 * offset + 1}})(.)`);
  return (body) => {
    const digit = pattern.exec(new TextDecoder().decode(body))?.[2] ?? "0";
    return inText(pattern, `$1${(Number.parseInt(digit, 16) ^ 1).toString(16).toUpperCase()}`)(body);
  };
}
