import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CardProfile, loadCardProfile } from "../bench/card-profile.ts";
import { packageRoot } from "../bench/package-root.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import type { CardChannel } from "../device/contracts.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import { JavaRuntime } from "../lab/cards/java-runtime.ts";
import { cardInfo, personaliseAt } from "./card-commands.ts";
import { simulatedCard } from "./cards.ts";
import { testKeys } from "./fixtures.ts";
import { lookAtCard } from "./look-at-card.ts";
import { personaliseCard } from "./personalise-card.ts";

const profileFile = (name: string) => join(packageRoot(), "fixtures", "profiles", `${name}.yaml`);
const profile = (name = "aes") => loadCardProfile(profileFile(name));
const keys = testKeys();
/** SNIEP of `fixtures/cards/supplied.yaml`. */
const SUPPLIED = "5445535400004736";

async function channelOf(card: VirtualCard): Promise<CardChannel> {
  return await virtualReader({ name: "test", card }).connect(deadlineIn(systemClock, 5_000));
}

const simulated = (kind: Parameters<typeof simulatedCard>[0]) =>
  simulatedCard(kind, { keys, random: seededRandom("personalise") });

/** `card`, with what the mend of a test says in place of an answer: to commands whose INS is `ins`. */
function answering(card: VirtualCard, ins: number, answer: Uint8Array): VirtualCard {
  return {
    powerOn: () => card.powerOn(),
    reset: () => card.reset(),
    transmit: async (command) => (command[1] === ins ? answer : await card.transmit(command)),
  };
}

async function refusal(work: Promise<unknown>): Promise<PursebenchError> {
  return await work.then(
    () => expect.unreachable("nothing was refused"),
    (thrown: unknown) => (thrown instanceof PursebenchError ? thrown : Promise.reject(thrown)),
  );
}

describe.each(["triple-des", "aes"])("a supplied card by the profile %s", (name) => {
  test("is issued, and every element is read back", async () => {
    const channel = await channelOf(simulated("supplied"));
    const steps: string[] = [];
    const wanted = profile(name);
    const { SNIEP, purse } = await personaliseCard(channel, wanted, keys, (text) => steps.push(text));
    const { format: _, test: __, keys: ___, ...elements } = wanted;
    expect(SNIEP).toBe(SUPPLIED);
    expect(purse).toMatchObject({ ...elements, AMIEP: 1, NTIEP: 1, SNIEP: SUPPLIED, log: [] });
    expect(steps).toEqual([
      `a supplied purse card, serial number ${SUPPLIED}`,
      "personalised",
      "read back: every element is as in the profile",
    ]);
    expect((await lookAtCard(channel)).content).toMatchObject({ kind: "purse", state: "issued", isBlocked: false });
  });
});

test("a card is issued once", async () => {
  const channel = await channelOf(simulated("supplied"));
  await personaliseCard(channel, profile(), keys, () => undefined);
  const again = await refusal(personaliseCard(channel, { ...profile(), IDIEP: "0000090003" }, keys, () => undefined));
  expect(again).toMatchObject({
    code: "USAGE",
    owner: "card",
    message: "this card is issued already: purse 0000090002 of provider 000123",
  });
});

test.each<[string, Parameters<typeof simulatedCard>[0], Partial<CardProfile>, RegExp]>([
  ["an issued one", "specimen", {}, /issued already: purse 0000004711 of provider 000123/],
  ["no purse", "no-purse", {}, /no purse card/],
  [
    "another serial number",
    "supplied",
    { SNIEP: "0102030405060708" },
    /serial number 5445535400004736, and the profile is for 0102/,
  ],
  ["an issuer without keys", "supplied", { PPIEP: "999999" }, /no master .* key of issuer 999999/],
  [
    "a generation without keys",
    "supplied",
    { VKIEP: 77 },
    /no master purchase key of issuer 000123, algorithm 5, generation 77/,
  ],
])("%s is refused, and PERSONALISE is not sent", async (_, kind, change, reason) => {
  const card = simulated(kind);
  const sent: (number | undefined)[] = [];
  const channel = await channelOf({
    powerOn: () => card.powerOn(),
    reset: () => card.reset(),
    transmit: (command) => {
      sent.push(command[1]);
      return card.transmit(command);
    },
  });
  const refused = await refusal(personaliseCard(channel, { ...profile(), ...change }, keys, () => undefined));
  expect(refused).toMatchObject({ code: "USAGE", message: expect.stringMatching(reason) });
  expect(refused.mend).toBeTruthy();
  expect(sent).not.toContain(0x5e);
});

test("a card that another key was made for says so", async () => {
  const channel = await channelOf(answering(simulated("supplied"), 0x5e, Uint8Array.of(0x93, 0x02)));
  const refused = await refusal(personaliseCard(channel, profile(), keys, () => undefined));
  expect(refused).toMatchObject({ code: "PROTOCOL", owner: "card" });
  expect(refused.message).toContain("refused PERSONALISE");
  expect(refused.mend).toContain("its update key is another one");
});

test("a card that says yes and is not issued afterwards is found out", async () => {
  const channel = await channelOf(answering(simulated("supplied"), 0x5e, Uint8Array.of(0x90, 0x00)));
  expect(await refusal(personaliseCard(channel, profile(), keys, () => undefined))).toMatchObject({
    code: "PROTOCOL",
    message: "the card took PERSONALISE and says something else afterwards: it is no issued purse",
  });
});

test("a key set that is not marked as one of test keys is refused before a card is asked for", async () => {
  const text = readFileSync(join(packageRoot(), "fixtures", "keys", "test-keys.yaml"), "utf8");
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "keys.yaml");
  writeFileSync(path, text.replace(/^test: true$/m, "test: false"));
  const at = { spec: { kind: "pcsc", reader: "none such" }, waitMs: 1 } as const;
  const refused = await refusal(personaliseAt(at, { profile: profile(), keys: path, onStep: () => undefined }));
  expect(refused).toMatchObject({ code: "USAGE", message: expect.stringContaining(`${path}:`) });
});

test("what there is at a place is told by kind", async () => {
  const look = async (kind: Parameters<typeof simulatedCard>[0]) =>
    (await cardInfo({ spec: { kind: "sim", card: kind }, waitMs: 1_000 })).content;
  expect(await look("specimen")).toMatchObject({ kind: "purse", state: "issued", purse: { IDIEP: "0000004711" } });
  expect(await look("blocked")).toMatchObject({ kind: "purse", state: "issued", isBlocked: true });
  expect(await look("supplied")).toMatchObject({ kind: "purse", state: "supplied", identity: { SNIEP: SUPPLIED } });
  expect(await look("no-purse")).toEqual({ kind: "other", SW: "6A82" });
  await expect(look("mute")).rejects.toMatchObject({ code: "DEVICE_SILENT", owner: "card" });
});

describe("Java Cards", () => {
  let runtime: JavaRuntime;
  beforeAll(async () => {
    runtime = await JavaRuntime.open(deadlineIn(systemClock, 60_000));
  }, 120_000);
  afterAll(() => runtime[Symbol.asyncDispose]());

  test("a blank IEP applet is supplied, issued and read back", { timeout: 60_000 }, async () => {
    await using card = await runtime.newCard("iep");
    const channel = await channelOf(card);
    expect((await lookAtCard(channel)).content).toMatchObject({ kind: "purse", state: "blank" });
    const refused = await refusal(personaliseCard(channel, profile(), keys, () => undefined));
    expect(refused.mend).toBe("supply it first: --supply SNIEP (16 hex digits)");
    const SNIEP = "5445535400090002";
    const steps: string[] = [];
    const made = await personaliseCard(channel, profile(), keys, (text) => steps.push(text), SNIEP);
    expect(steps[0]).toBe(`supplied with serial number ${SNIEP}`);
    expect(made.purse).toMatchObject({ SNIEP, IDIEP: "0000090002", BALIEP: 0, BALmaxIEP: 20_000_000, NTIEP: 1 });
  });

  test("the other applets are known for what they are", { timeout: 60_000 }, async () => {
    await using psam = await runtime.newCard("psam");
    await using exerciser = await runtime.newCard("exerciser");
    expect((await lookAtCard(await channelOf(psam))).content).toEqual({ kind: "psam", state: "blank" });
    expect((await lookAtCard(await channelOf(exerciser))).content).toEqual({ kind: "exerciser" });
  });
});
