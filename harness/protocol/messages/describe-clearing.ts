import { toHex } from "../../core/bytes.ts";
import { splitLines } from "./collection-lines.ts";
import { amountText, type Description } from "./describe-structure.ts";
import { parseTotalsLine } from "./psam-read-totals.ts";
import { KINDS, parseUpdate } from "./psam-update.ts";

/** Collection and updates of the security card in words (`psam-edge.md` 4.8 and 4.10). None of these throws. */

const KIND_TEXT = {
  "block-card": "block card",
  "unblock-card": "unblock card",
  "set-key": "key",
  "remove-key": "remove key",
} as const satisfies Readonly<Record<keyof typeof KINDS, string>>;

/** LINES: one entry for each, e.g. "line 1": "000123 9.95 (0978) in 1". */
export function describeLines(LINES: Uint8Array): Description {
  const description: Description = {};
  for (const [index, bytes] of splitLines(LINES).entries()) {
    const line = parseTotalsLine(bytes);
    description[`line ${index + 1}`] = line.ok
      ? `${line.value.PPIEP} ${amountText(String(line.value.MTOT), line.value.CURR, line.value.CEXP)} in ${line.value.NTOT}`
      : toHex(bytes);
  }
  return description;
}

/** Data of COLLECT: DIGEST 32, number of lines 1, lines. */
export function describeCollect(data: Uint8Array): Description {
  const DIGEST = toHex(data.subarray(0, 32));
  if (data.length <= 32) return { DIGEST };
  return { DIGEST, lines: String(data[32]), ...describeLines(data.subarray(33)) };
}

/** UPDATE with its S6. The key in it stays enciphered. */
export function describeUpdate(UPDATE: Uint8Array): Description {
  const parsed = parseUpdate(UPDATE);
  if (!parsed.ok) return { UPDATE: toHex(UPDATE), flaw: parsed.reason };
  const { update, S6 } = parsed.value;
  const { kind, ...content } = update.content;
  const description: Description = {
    NTUPD: String(update.NTUPD),
    date: update.date,
    KIND: `${toHex(Uint8Array.of(KINDS[kind]))} ${KIND_TEXT[kind]}`,
  };
  for (const [name, value] of Object.entries(content)) {
    description[name] = value instanceof Uint8Array ? toHex(value) : String(value);
  }
  return { ...description, S6: toHex(S6) };
}
