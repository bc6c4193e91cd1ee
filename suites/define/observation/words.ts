/** Entries in words, for people who ask why a case cannot be judged. */
import type { Json } from "../../../harness/evidence/event.ts";
import type { Entry } from "./entry.ts";
import { canonical } from "./value.ts";

/** Characters of arguments that are shown. */
const SHOWN = 160;

export function callText(method: string, args: Json): string {
  const text = canonical(args).slice(1, -1).replaceAll('{"$u":0}', "undefined");
  return `${method}(${text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text})`;
}

export function entryText(entry: Entry): string {
  switch (entry[0]) {
    case "call":
    case "did":
    case "failed":
    case "ask":
    case "refused":
      return callText(entry[3], entry[4]);
    case "get":
      return entry[2];
    case "gave":
      return `an answer of its own, ${callText("", entry[2])},`;
    case "threw":
      return "an error of its own";
    default:
      return entry[0];
  }
}
