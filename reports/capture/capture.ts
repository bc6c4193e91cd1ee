/** The exchanges of a run as a capture that Wireshark opens: APDUs in its own words, everything else in ours. */
import { closeSync, openSync, writeSync } from "node:fs";
import { fromHex } from "../../harness/core/bytes.ts";
import type { LinkName } from "../../harness/core/trace.ts";
import type { EvidenceEvent, EvidenceLine } from "../../harness/evidence/event.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import { exchangeOf } from "../record/exchange.ts";
import type { Exchange } from "../record/run-record.ts";
import { interfaceDescription, packet, sectionHeader } from "./pcapng.ts";
import { type UpperPdu, upperPdu } from "./upper-pdu.ts";

type Message = Extract<EvidenceEvent, { kind: "message" }>;

/** Each link is an interface of the capture; the order is that of their blocks. */
const LINKS: Readonly<Record<LinkName, string>> = {
  "235": "235 set-top box - card",
  SAM: "SAM terminal - PSAM",
  HSM: "HSM load server - HSM",
  line: "line concentrator - terminal",
  LAN: "LAN payment server - concentrator",
  cable: "cable head end - set-top box",
  "234": "234 head end - merchant, bank, load server",
  "236": "236 head end - payment server, load server",
  "237": "237 head end - its own payment server",
  "238": "238 payment server - merchant",
  batch: "batch payment server - concentration point - clearing",
  ui: "ui user - set-top box",
};
const NAMES = Object.keys(LINKS) as LinkName[];
/** Who gives commands there; the other answers with data and status word. */
const APDU_LINKS: Partial<Record<LinkName, "card" | "psam">> = { "235": "card", SAM: "psam" };
const CHUNK = 1 << 18;

/** A capture while it is written: it is given the lines of a run in their order, whoever reads them. */
export class Capture {
  readonly #file: number;
  readonly #startUs: bigint;
  #waiting: Uint8Array[];
  #size = 0;

  /** Replaces what is at `path`. */
  constructor(path: string, run: RunIdentification) {
    this.#file = openSync(path, "w");
    this.#startUs = BigInt(Date.parse(run.started)) * 1000n;
    this.#waiting = [
      sectionHeader(`${run.tool.name} ${run.tool.version}`, `bench ${run.bench.name}, run ${run.run}`),
      ...NAMES.map((name) => interfaceDescription(LINKS[name])),
    ];
  }

  take(line: EvidenceLine): void {
    if (line.event.kind !== "message") return;
    const bytes = packetOf(line, line.event, this.#startUs);
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= CHUNK) this.#write();
  }

  /** Writes what is left and closes the file. */
  [Symbol.dispose](): void {
    try {
      this.#write();
    } finally {
      closeSync(this.#file);
    }
  }

  #write(): void {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#size = 0;
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(this.#file, bytes, offset);
  }
}

function packetOf(line: EvidenceLine, event: Message, startUs: bigint): Uint8Array {
  const exchange = exchangeOf(line);
  const bytes = upperPdu(pduOf(event, exchange?.name ?? ""));
  return packet({
    interface: NAMES.indexOf(event.link),
    atUs: startUs + BigInt(Math.round(line.at * 1000)),
    bytes,
    length: bytes.length + (event.length === undefined ? 0 : event.length - event.hex.length / 2),
    comment: exchange ? commentOf(line, exchange) : "",
  });
}

function pduOf({ link, from, to, hex, step }: Message, name: string): UpperPdu {
  const bytes = fromHex(hex);
  const icc = APDU_LINKS[link];
  // the dissector takes whole APDUs only: what was torn or disturbed below four and two bytes is none
  if (icc !== undefined && bytes.length >= (from === icc ? 2 : 4)) {
    return { dissector: "iso7816", direction: from === icc ? "received" : "sent", bytes };
  }
  const info = `${step ? `${step} ` : ""}${from} > ${to}: ${name}`;
  return { dissector: "data", protocol: `purse ${link} ${name}`, info, bytes };
}

/** What the bytes mean, as the report says it. */
function commentOf({ n, caseId, masked }: EvidenceLine, { step, from, to, name, decoded }: Exchange): string {
  return [
    `${from} > ${to}: ${name}`,
    `evidence line ${n}${caseId === undefined ? "" : `, case ${caseId}`}${step === "" ? "" : `, step ${step}`}`,
    ...(masked ? ["a session key is overwritten with zeros"] : []),
    ...decoded.map(([element, value]) => `${element}: ${value}`),
  ].join("\n");
}
