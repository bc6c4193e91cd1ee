import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { aesCmac } from "../crypto/aes.ts";
import { deriveCollectionKey, deriveUpdateKey } from "../crypto/collection.ts";
import { deriveLoadKey, deriveLoadSessionKeys, loadAlgorithm } from "../crypto/load-keys.ts";
import { deriveCardKey, deriveSessionKeys } from "../crypto/purse-keys.ts";
import { loadTestKeys } from "../crypto/test-keys.ts";
import { deriveTransactionKey } from "../crypto/transaction-keys.ts";
import { REFERENCE } from "../defects/variation.ts";
import { Evidence } from "../evidence/evidence.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../evidence/testing/sample-run.ts";
import type { PurseSystem, RecordedEvent } from "../flows/system.ts";
import { describe as inWords } from "../protocol/messages/describe.ts";
import { parseInitResponse } from "../protocol/messages/init-response.ts";
import type { Message } from "../protocol/messages/layouts.ts";
import { parseLoadResponse } from "../protocol/messages/load-response.ts";
import { parseMessage } from "../protocol/messages/message.ts";
import { openStation } from "./index.ts";

const KEY_FILE = readFileSync(new URL("../../fixtures/keys/test-keys.yaml", import.meta.url), "utf8");
const KEYS = loadTestKeys(KEY_FILE, "test-keys.yaml");
const BASE64_CORE = 21;

/** Everything that has a key in it somewhere: purchases, loads from everywhere, a recovery, a collection, a new key for the PSAMs. */
async function liveThrough(system: PurseSystem): Promise<void> {
  for (const SITE of ["shop", "fig4-aes", "fig7-des", "cable6-aes"]) await system.purchase({ SITE });
  for (const SITE of ["bank", "bank-des", "fund-des", "fund-direct"]) await system.load({ SITE });
  const lost = { link: "236", from: "load-server", message: 0xef, what: "the load result is lost" } as const;
  const fault = system.disturb({ ...lost, act: () => "lose-link" });
  await system.load({ SITE: "bank" });
  fault[Symbol.dispose]();
  await system.load({ SITE: "bank-des" }); // settles the one before
  await system.clearing.issueUpdate({ kind: "set-key", PPIEP: "000123", ALGIEP: 4, VKIEP: 2 });
  await system.clearing.collect();
  await system.clearing.forward();
  await system.clearing.fetchDeliveries();
  await system.clearing.settle();
}

/** Every key of these messages: derived from the key set, or in them. */
function keysIn(messages: readonly Message[]): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const note = (name: string, key: Uint8Array | undefined) =>
    key && found.set(`${name} ${toHex(key).slice(0, 4)}`, key);
  for (const message of messages) {
    if ("TSK" in message) note("TSK", message.TSK);
    if (message.kind === "load-page" || message.kind === "page") noteLayer(message, note);
    if (message.kind === "card-information") noteCard(message.INITRSP, note);
    if (message.kind === "load-card-information") noteLoad(message.LOADRSP, note);
    if (message.kind === "t-collected") notePsam(message.BATCHNO, note);
  }
  return found;
}

type Note = (name: string, key: Uint8Array | undefined) => void;

function noteLayer(
  { IDMER, IDTRX, RND, ENCRYPTION }: Extract<Message, { kind: "page" | "load-page" }>,
  note: Note,
): void {
  const [KMER, KSH] = [KEYS.merchantKey(IDMER), KEYS.sharedKey(IDMER)];
  if (KMER) note("KSEC", aesCmac(KMER, concat(Uint8Array.of(0xa2), new TextEncoder().encode(IDMER))));
  const suite = ENCRYPTION === "3DES-CBC-MAC" ? ENCRYPTION : "AES-128-GCM";
  if (KSH && RND) note("KDER", deriveTransactionKey(suite, KSH, IDMER, IDTRX, fromHex(RND)));
}

function noteCard(INITRSP: Uint8Array, note: Note): void {
  const card = parseInitResponse(INITRSP);
  if (!card.ok) throw new Error(card.reason);
  const { PPIEP, IDIEP, ALGIEP, VKIEP, NTIEP, R } = card.value;
  const MKP = KEYS.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  const KDP = MKP && deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP);
  note("KDP", KDP);
  for (const [name, key] of Object.entries(KDP ? deriveSessionKeys(ALGIEP, KDP, NTIEP, fromHex(R)) : {}))
    note(name, key);
}

function noteLoad(LOADRSP: Uint8Array, note: Note): void {
  const card = parseLoadResponse(LOADRSP);
  if (!card.ok) throw new Error(card.reason);
  const { PPIEP, IDIEP, ALGIEP, VKIEP } = card.value;
  const ALGL = loadAlgorithm(ALGIEP);
  const MKL = KEYS.masterLoadKey(PPIEP, ALGL, VKIEP);
  const KDL = MKL && deriveLoadKey(ALGL, MKL, PPIEP, IDIEP);
  note("KDL", KDL);
  for (const [name, key] of Object.entries(KDL ? deriveLoadSessionKeys(ALGL, KDL, card.value) : {})) note(name, key);
}

function notePsam(BATCHNO: string, note: Note): void {
  const MKC = KEYS.masterCollectionKey() ?? new Uint8Array(16);
  const KDC = deriveCollectionKey(MKC, { PPPSAM: BATCHNO.slice(0, 6), IDPSAM: BATCHNO.slice(8) });
  note("KDC", KDC);
  note("KUP", deriveUpdateKey(KDC, 1));
}

function messagesIn(events: readonly RecordedEvent[]): readonly Message[] {
  return events.flatMap((event) => {
    if (event.kind !== "message" || !["cable", "236", "line"].includes(event.link)) return [];
    const message = parseMessage(event.bytes);
    return message.kind === "unrecognised" ? [] : [message];
  });
}

/** In which form a key stands in the file: as bytes, in hex, in the hex of hex (evidence of a page), in base64. */
function formsOf(file: Buffer, upper: string, key: Uint8Array): readonly string[] {
  const hex = toHex(key);
  const hexOfHex = [hex, hex.toLowerCase()].map((text) => Buffer.from(text).toString("hex").toUpperCase());
  const base64 = Buffer.from(key).toString("base64").slice(0, BASE64_CORE);
  return [
    ...(file.includes(Buffer.from(key)) ? ["bytes"] : []),
    ...(upper.includes(hex) ? ["hex"] : []),
    ...(hexOfHex.some((text) => upper.includes(text)) ? ["hex of hex"] : []),
    ...(file.includes(base64) ? ["base64"] : []),
  ];
}

test("the evidence of a whole run has no key in it: none of the key set, none derived from it, no session key", async () => {
  const dir = temporaryDirectory();
  const { bench } = loadBench("inproc");
  let events: readonly RecordedEvent[] = [];
  {
    await using evidence = new Evidence({ dir, run: SAMPLE_RUN, clock: systemClock, describe: inWords });
    await using station = await openStation({ bench, iut: "card", variation: REFERENCE }, evidence.record);
    await using system = await station.systemFor("TEST");
    await liveThrough(system);
    events = system.events();
    await evidence.close();
  }
  const file = readFileSync(join(dir, "events.jsonl"));
  const upper = file.toString("latin1").toUpperCase();
  const masters = [...new Set(KEY_FILE.match(/\b[0-9A-F]{32}\b/g))].map(
    (hex) => [`key set ${hex}`, fromHex(hex)] as const,
  );
  const derived = keysIn(messagesIn(events));
  const kinds = new Set([...derived.keys()].map((name) => name.split(" ")[0]));
  expect([...kinds].sort()).toEqual(["KDC", "KDER", "KDL", "KDP", "KS1", "KS2", "KS3", "KSEC", "KUP", "TSK"]);
  const found = [...masters, ...derived].flatMap(([name, key]) =>
    formsOf(file, upper, key).map((form) => `${name} in ${form}`),
  );
  expect(found).toEqual([]);
  expect(masters.length).toBeGreaterThan(60);
  const passed = Buffer.concat(events.flatMap((event) => (event.kind === "message" ? [event.bytes] : [])));
  const sessions = [...derived].filter(([name]) => name.startsWith("TSK"));
  expect(
    sessions.filter(([, key]) => formsOf(passed, passed.toString("latin1").toUpperCase(), key).length === 0),
  ).toEqual([]);
}, 60_000);
