/** One line of evidence as reports show it. */
import { unreachable } from "../../harness/core/errors.ts";
import type { EvidenceEvent, EvidenceLine, KeptBytes } from "../../harness/evidence/event.ts";
import { withUnits } from "../text/amounts.ts";
import { shorten } from "../text/clean.ts";
import type { Elements, Exchange } from "./run-record.ts";

type Message = Extract<EvidenceEvent, { kind: "message" }>;

/** Key of what the user saw or chose: named by its beginning, shown whole. */
const WORDS = "text";
const LONGEST_NAME = 28;
/** Keys under which `protocol/messages/describe.ts` puts what a message is, best first. */
const NAME_KEYS = ["message", "command", "http", "SW", "hsm", WORDS];
/** What is asked for over HTTP, and the query: a name is short, and the bytes have it. */
const QUERY = /^((?:GET|POST) \/[^?]*)\?.*$/;
/** A delivery has messages inside: "1.message". */
const INNER_NAME = /^\d+\.message$/;
/** Longest decoded value that is shown; pages of a merchant can be long. */
const LONGEST_VALUE = 2_000;
const SHOWN: ReadonlySet<EvidenceEvent["kind"]> = new Set([
  "message",
  "log",
  "fault",
  "note",
  "ending",
  "phase",
  "check",
]);

/** Whether `exchangeOf` makes something of it. */
export function isExchange({ kind }: EvidenceEvent): boolean {
  return SHOWN.has(kind);
}

/** What a message is, in a word or two. */
export function messageName(event: Message): string {
  const decoded = event.decoded ?? {};
  const key = NAME_KEYS.find((each) => Object.hasOwn(decoded, each));
  if (key === undefined) return `${event.length ?? event.hex.length / 2} bytes`;
  const inner = Object.keys(decoded).filter((name) => INNER_NAME.test(name));
  const words = [(decoded[key] ?? "").replace(QUERY, "$1"), ...inner.map((name) => decoded[name] ?? "")];
  return shorten(words.join(" "), LONGEST_NAME);
}

/** `undefined` for lines that steer the run and say nothing about an exchange. */
export function exchangeOf(line: EvidenceLine): Exchange | undefined {
  const { event } = line;
  const base = {
    n: line.n,
    atMs: line.bench ?? line.at,
    kind: "note",
    link: "",
    from: "",
    to: "",
    step: "",
    name: "",
    bytes: "",
    decoded: [],
  } as const;
  switch (event.kind) {
    case "message":
      return { ...base, ...messageParts(event) };
    case "log":
      return {
        ...base,
        kind: "log",
        from: event.role,
        step: event.step ?? "",
        name: event.entry,
        decoded: logElements(event),
      };
    case "fault":
      return {
        ...base,
        kind: "fault",
        link: event.link ?? "",
        from: "",
        name: event.what,
        decoded: faultElements(event),
      };
    case "note":
      return { ...base, name: event.text };
    case "ending":
      return { ...base, name: event.text };
    case "phase":
      return { ...base, kind: "phase", name: event.title };
    case "check":
      return {
        ...base,
        kind: "check",
        name: `${event.ok ? "met" : "not met"}: ${event.what}`,
        decoded: checkElements(event),
      };
    case "selection":
    case "identity":
    case "preflight":
    case "case-start":
    case "case-end":
    case "diagnosis":
    case "specimens":
    case "latencies":
    case "claims":
    case "golden":
    case "waiver":
    case "prompt":
    case "answer":
    case "observation":
    case "resumed":
    case "interrupted":
    case "run-end":
      return undefined;
    default:
      return unreachable(event);
  }
}

function messageParts(event: Message): Omit<Exchange, "n" | "atMs"> {
  const decoded = Object.entries(event.decoded ?? {}).map(
    ([name, text]) => [name, shorten(text, LONGEST_VALUE)] as const,
  );
  const named = NAME_KEYS.find((key) => decoded.some(([name]) => name === key));
  return {
    kind: "message",
    link: event.link,
    from: event.from,
    to: event.to,
    step: event.step ?? "",
    name: messageName(event),
    bytes: keptText(event),
    decoded: withUnits(decoded.filter(([name]) => name !== named || name === WORDS)),
  };
}

function keptText({ hex, length }: KeptBytes): string {
  return length === undefined ? hex : `${hex}… (${length} bytes in all)`;
}

function logElements({ fields, IDTRX }: Extract<EvidenceEvent, { kind: "log" }>): Elements {
  const said = Object.entries(fields).map(([name, value]) => [name, String(value)] as const);
  return withUnits(IDTRX === undefined ? said : [["IDTRX", IDTRX], ...said]);
}

function faultElements({ before, after }: Extract<EvidenceEvent, { kind: "fault" }>): Elements {
  return [
    ...(before ? ([["before", keptText(before)]] as const) : []),
    ...(after ? ([["after", keptText(after)]] as const) : []),
  ];
}

function checkElements({ expected, actual, requirement }: Extract<EvidenceEvent, { kind: "check" }>): Elements {
  return [
    ...(requirement === undefined ? [] : ([["requirement", requirement]] as const)),
    ...(expected.length === 0 ? [] : ([["expected", expected.join(" or ")]] as const)),
    ["actual", actual],
  ];
}
