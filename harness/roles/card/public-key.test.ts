import { constants, createHash, createPublicKey, publicEncrypt, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { seededRandom } from "../../core/random.ts";
import { mac } from "../../crypto/algorithm.ts";
import { deriveSessionKeys } from "../../crypto/purse-keys.ts";
import { loadTestKeys } from "../../crypto/test-keys.ts";
import { type CardData, loadCardData } from "./card-data.ts";
import { IepClient } from "./client.ts";
import { cardCrypto } from "./crypto.ts";
import { createCardRole } from "./model.ts";
import { createCard, restoreCard } from "./personalise.ts";
import { type ServeCardOptions, type SimulatedCard, serveCard } from "./serve.ts";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FIXTURES), "utf8");
const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");
const data = (name: string) => loadCardData(read(`cards/${name}.yaml`), name);

const SELECT = "00A4040008F050422D4945503100";
const INITIALIZE = "905001001B";

/** What the tests sign and encipher with, by the words of the specification and node's own cryptography. */
const CA = KEYS.caPrivateKey("000123", 1) ?? "";
const PSAM = KEYS.psamKey("00A10001") ?? { privateKey: "", modulus: new Uint8Array(112) };
const CARD = KEYS.cardKey("rsa") ?? PSAM;
const CA_MODULUS = KEYS.caPublicKey("000123", 1) ?? new Uint8Array(112);

const pkcs8 = (key: string) => ({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" }) as const;
const signature = (key: string, bytes: Uint8Array) => new Uint8Array(sign("sha256", bytes, pkcs8(key)));
const publicKey = (modulus: Uint8Array) =>
  createPublicKey({
    key: { kty: "RSA", n: Buffer.from(modulus).toString("base64url"), e: "AQAB" },
    format: "jwk",
  });

function psamCertificate(
  changes: { type?: string; authority?: string; lastDay?: string; key?: string } = {},
): Uint8Array {
  const { type = "03", authority = "CA00012301000000", lastDay = "291231", key = CA } = changes;
  const unsigned = concat(fromHex(`${type}${authority}00078900${"00A10001"}${lastDay}`), PSAM.modulus);
  return concat(unsigned, signature(key, unsigned));
}

/** EK and SIG for that INITRSP; SK follows from z. */
function sessionKey(INITRSP: Uint8Array, z = seededRandom("z")(112)): { SESSKEY: Uint8Array; SK: Uint8Array } {
  z[0] = 0;
  const key = { key: publicKey(CARD.modulus), padding: constants.RSA_NO_PADDING };
  const EK = new Uint8Array(publicEncrypt(key, z));
  const SIG = signature(PSAM.privateKey, concat(fromHex("1F 000789 00A10001"), INITRSP, EK));
  return { SESSKEY: concat(EK, SIG), SK: new Uint8Array(createHash("sha256").update(z).digest().subarray(0, 16)) };
}

/** DEBITDATA, 53 bytes, signed with KS2 of SK. */
function debitData(INITRSP: Uint8Array, SK: Uint8Array, MPDA = 995, IDPSAM = "00A10001"): Uint8Array {
  const { KS2 } = deriveSessionKeys(0x10, SK, (INITRSP[20] ?? 0) * 256 + (INITRSP[21] ?? 0), INITRSP.subarray(23));
  const signed = concat(
    fromHex(`000789 ${IDPSAM} 00000007`),
    uintToBytes(MPDA, 4),
    fromHex("0978 02 20260115123059 00490089 000102030405060708090A0B0C0D0E0F"),
  );
  return concat(signed, mac(5, KS2, concat(Uint8Array.of(0x1e), INITRSP, signed)));
}

function serve(changes: Partial<CardData> = {}, options: Partial<ServeCardOptions> = {}): SimulatedCard {
  const served = serveCard({
    state: createCard({ ...data("rsa"), ...changes }, KEYS, seededRandom("card")),
    ...options,
  });
  served.powerOn();
  expect(send(SELECT, served)).toMatch(/9000$/);
  return served;
}

function send(command: string | Uint8Array, to = card): string {
  const response = to.transmit(typeof command === "string" ? fromHex(command) : command);
  return response === null ? "mute" : toHex(response);
}

const initialise = (of = card) => fromHex(send(INITIALIZE, of).slice(0, -4));
const presentCertificate = (certificate = psamCertificate(), to = card) =>
  send(concat(fromHex("90580000F4"), certificate), to);
const presentKey = (SESSKEY: Uint8Array, to = card) => send(concat(fromHex("90580100E0"), SESSKEY), to);
const debit = (DEBITDATA: Uint8Array, to = card) => send(concat(fromHex("9054010035"), DEBITDATA, fromHex("10")), to);

/** Everything up to DEBIT IEP. */
function prepare(of = card): { INITRSP: Uint8Array; SK: Uint8Array } {
  const INITRSP = initialise(of);
  expect(presentCertificate(psamCertificate(), of)).toBe("9000");
  const { SESSKEY, SK } = sessionKey(INITRSP);
  expect(presentKey(SESSKEY, of)).toBe("9000");
  return { INITRSP, SK };
}

let card: SimulatedCard;
beforeEach(() => {
  card = serve();
});

describe("certificates of a public key card", () => {
  const record = (number: number, of = card) => fromHex(send(`00B20${number}1400`, of).slice(0, -4));

  it("are the issuer's, signed by the CA, and the card's, signed by the issuer", () => {
    const [issuer, own] = [record(1), record(2)];
    expect(toHex(issuer.subarray(0, 20))).toBe("01CA000123010000000001230000000000291231");
    expect(toHex(own.subarray(0, 20))).toBe("0200012300000000000001230000004726291231");
    expect(own.subarray(20, 132)).toEqual(CARD.modulus);
    expect(verify("sha256", issuer.subarray(0, 132), publicKey(CA_MODULUS), issuer.subarray(132))).toBe(true);
    const byIssuer = verify("sha256", own.subarray(0, 132), publicKey(issuer.subarray(20, 132)), own.subarray(132));
    expect(byIssuer).toBe(true);
  });

  it("are two records, readable with Le F4 and 00, before and after initialisation", () => {
    initialise();
    expect(send("00B20114F4")).toMatch(/^.{488}9000$/);
    expect(send("00B2021400")).toMatch(/^.{488}9000$/);
    expect(send("00B2031400")).toBe("6A83");
    expect(send("00B2001400")).toBe("6A86");
    expect(send("00B20114F3")).toBe("6700");
    expect(presentCertificate()).toBe("9000");
  });

  it("are no file of a secret key card", () => {
    const secret = serveCard({ state: createCard(data("specimen"), KEYS, seededRandom("card")) });
    secret.powerOn();
    send(SELECT, secret);
    expect(send("00B2011400", secret)).toBe("6A86");
  });

  it.each([
    ["rsa-expired-certificate", "0200012300000000000001230000004727241231"],
    ["rsa-other-issuer", "0200099900000000000001230000004728291231"],
    ["rsa-other-ca", "0200012300000000000001230000004729291231"],
    ["rsa-other-key", "0200012300000000000001230000004730291231"],
    ["rsa-malformed-certificate", "7F00012300000000000001230000004731291231"],
  ])("of the test card %s begin as its name says", (name, head) => {
    const other = serve(data(name));
    expect(toHex(record(2, other).subarray(0, 20))).toBe(head);
    const issuer = record(1, other);
    const isByCa = verify("sha256", issuer.subarray(0, 132), publicKey(CA_MODULUS), issuer.subarray(132));
    expect(isByCa).toBe(name !== "rsa-other-ca");
    expect(toHex(record(2, other).subarray(20, 132)) === toHex(CARD.modulus)).toBe(name !== "rsa-other-key");
  });
});

describe("a purchase with a public key card", () => {
  it("debits with S2 and gives S3, both under keys that follow from SK", () => {
    const { INITRSP, SK } = prepare();
    expect(toHex(INITRSP.subarray(8, 9))).toBe("10");
    expect(toHex(INITRSP.subarray(19, 23))).toBe("02000101");
    const DEBITDATA = debitData(INITRSP, SK);
    const { KS3 } = deriveSessionKeys(5, SK, 1, INITRSP.subarray(23));
    const signed = concat(
      fromHex("2E 0000"),
      INITRSP.subarray(0, 8),
      fromHex("291231 0001"),
      INITRSP.subarray(23),
      DEBITDATA.subarray(0, 45),
      fromHex("0098929D"),
    );
    expect(debit(DEBITDATA)).toBe(`000000010098929D${toHex(mac(5, KS3, signed))}9000`);
    expect(send("905C00000D")).toBe("0098929D01312D0009780200029000");
    expect(send("905A010002000110")).toMatch(/^000000010098929D/);
  });

  it("can be made again and again, each with a session key of its own", () => {
    for (const NTIEP of ["0001", "0002", "0003"]) {
      const { INITRSP, SK } = prepare();
      expect(debit(debitData(INITRSP, SK, 1))).toMatch(new RegExp(`^0000${NTIEP}`));
    }
  });

  it("9302 when DEBITDATA names another PSAM than the certificate, even if it is signed", () => {
    const { INITRSP, SK } = prepare();
    expect(debit(debitData(INITRSP, SK, 995, "00A10002"))).toBe("9302");
    expect(card.state.purse.BALIEP).toBe(10_000_000);
  });

  it("9302 for S2 under another session key, and the key is used up", () => {
    const { INITRSP, SK } = prepare();
    expect(debit(debitData(INITRSP, new Uint8Array(16)))).toBe("9302");
    expect(debit(debitData(INITRSP, SK))).toBe("6985");
  });

  it("takes a certificate that is over: the card has no clock", () => {
    initialise();
    expect(presentCertificate(psamCertificate({ lastDay: "200101" }))).toBe("9000");
  });
});

describe("PRESENT CERTIFICATE", () => {
  const unsigned = psamCertificate();
  unsigned[132] = (unsigned[132] ?? 0) ^ 1;
  const evenModulus = psamCertificate();
  evenModulus[131] = 0;
  it.each([
    ["6A80", "another type", psamCertificate({ type: "02" })],
    ["6A80", "no type", psamCertificate({ type: "04" })],
    ["6A80", "a last day that is no date", psamCertificate({ lastDay: "290230" })],
    ["6A80", "an even modulus", evenModulus],
    ["9421", "the CA of another key version", psamCertificate({ authority: "CA00012302000000" })],
    ["9421", "the CA of another issuer", psamCertificate({ authority: "CA00045601000000" })],
    ["9422", "a changed signature", unsigned],
    ["9422", "the signature of another CA", psamCertificate({ key: KEYS.caPrivateKey("000123", 9) ?? "" })],
  ])("%s for %s, and the session is over", (SW, _what, certificate) => {
    initialise();
    expect(presentCertificate(certificate)).toBe(SW);
    expect(presentCertificate()).toBe("6985");
    expect(card.state.session.kind).toBe("selected");
  });

  it("9422 or a better reason for any changed bit, and never 9000", () => {
    fc.assert(
      fc.property(fc.nat({ max: 244 * 8 - 1 }), (bit) => {
        initialise();
        expect(["6A80", "9421", "9422"]).toContain(presentCertificate(flipBit(psamCertificate(), bit)));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["6A86", "90580200F4"],
    ["6A86", "90580001F4"],
    ["6700", "90580000F3"],
    ["6700", "90580000"],
  ])("%s for %s, and the session is over", (SW, head) => {
    initialise();
    expect(send(head.length > 8 ? `${head}${"00".repeat(Number.parseInt(head.slice(8), 16))}` : head)).toBe(SW);
    expect(presentCertificate()).toBe("6985");
  });
});

describe("PRESENT SESSION KEY", () => {
  it("9422 for any changed bit of EK or SIG", () => {
    const { SESSKEY } = sessionKey(initialise());
    fc.assert(
      fc.property(fc.nat({ max: 224 * 8 - 1 }), (bit) => {
        const fresh = serve();
        initialise(fresh);
        expect(presentCertificate(psamCertificate(), fresh)).toBe("9000");
        expect(presentKey(flipBit(SESSKEY, bit), fresh)).toBe("9422");
        expect(fresh.state.session.kind).toBe("selected");
      }),
      { numRuns: 40 },
    );
  });

  it("9422 for a key of an earlier INITRSP, and for EK that is not below the modulus, though signed", () => {
    const earlier = sessionKey(initialise());
    const INITRSP = initialise();
    expect(presentCertificate()).toBe("9000");
    expect(presentKey(earlier.SESSKEY)).toBe("9422");

    const again = initialise();
    expect(again).not.toEqual(INITRSP);
    expect(presentCertificate()).toBe("9000");
    const EK = new Uint8Array(112).fill(0xff);
    const SIG = signature(PSAM.privateKey, concat(fromHex("1F 000789 00A10001"), again, EK));
    expect(presentKey(concat(EK, SIG))).toBe("9422");
  });
});

describe("order of commands", () => {
  it("6985 out of order, which ends an initialised session", () => {
    const { SESSKEY } = sessionKey(initialise());
    expect(presentKey(SESSKEY)).toBe("6985"); // no certificate yet
    expect(presentCertificate()).toBe("6985"); // not initialised any more
    initialise();
    expect(presentCertificate()).toBe("9000");
    expect(presentCertificate()).toBe("6985"); // twice
    const { INITRSP } = prepare();
    expect(presentKey(sessionKey(INITRSP).SESSKEY)).toBe("6985"); // twice
    expect(card.state.session.kind).toBe("selected");
  });

  it("6985 for DEBIT IEP before the session key, which does not end the session", () => {
    const INITRSP = initialise();
    const { SESSKEY, SK } = sessionKey(INITRSP);
    expect(debit(debitData(INITRSP, SK))).toBe("6985");
    expect(presentCertificate()).toBe("9000");
    expect(debit(debitData(INITRSP, SK))).toBe("6985");
    expect(presentKey(SESSKEY)).toBe("9000");
    expect(debit(debitData(INITRSP, SK))).toMatch(/^0000.*9000$/);
  });

  it("everything anew after INITIALIZE IEP, reset and SELECT", () => {
    for (const begin of [() => initialise(), () => void card.reset(), () => void send(SELECT)]) {
      const { SESSKEY } = sessionKey(initialise());
      expect(presentCertificate()).toBe("9000");
      begin();
      expect(presentKey(SESSKEY)).toBe("6985");
      send(SELECT);
    }
  });

  it("6985 at a secret key card, which ends its session, and before selection", () => {
    const secret = serve({ ...data("specimen"), publicKey: undefined });
    expect(presentCertificate(psamCertificate(), secret)).toBe("6985");
    initialise(secret);
    expect(presentCertificate(psamCertificate(), secret)).toBe("6985");
    expect(secret.state.session.kind).toBe("selected");
    card.reset();
    expect(presentCertificate()).toBe("6985");
    expect(card.state.session.kind).toBe("idle");
  });

  it("9303 from a blocked one to INITIALIZE IEP, and so no certificate either", () => {
    const blocked = serve({ lifeCycle: "blocked" });
    expect(send(INITIALIZE, blocked)).toBe("9303");
    expect(presentCertificate(psamCertificate(), blocked)).toBe("6985");
    expect(send("00B2021400", blocked)).toMatch(/9000$/);
  });
});

describe("what a public key card keeps", () => {
  it.each([
    ["not done", "6581", 10_000_000],
    ["before-command", "mute", 10_000_000],
    ["after-command", "mute", 9_999_005],
  ] as const)("a debit torn %s leaves the old or the new purse", (at, answer, balance) => {
    const torn = serve({}, { isWornOut: () => at === "not done" });
    const { INITRSP, SK } = prepare(torn);
    if (at !== "not done") torn.tearAt({ INS: 0x54, P1: 0x01, at });
    expect(debit(debitData(INITRSP, SK), torn)).toBe(answer);
    torn.powerOn();
    send(SELECT, torn);
    expect(torn.state.purse.BALIEP).toBe(balance);
    expect(send("905A010002000110", torn)).toMatch(at === "after-command" ? /^000000010098929D.*9000$/ : /^9406$/);
  });

  it("is plain data, comes back after power loss, and no answer gives its key", () => {
    const { INITRSP, SK } = prepare();
    debit(debitData(INITRSP, SK));
    expect(JSON.parse(JSON.stringify(card.state))).toEqual(card.state);
    card = serveCard({ state: restoreCard(JSON.parse(JSON.stringify(card.state.purse)), seededRandom("again")) });
    card.powerOn();
    const again = [SELECT, INITIALIZE, "00B2010C00", "00B2011400", "00B2021400", "00B201C400"].map((each) =>
      send(each),
    );
    const secret = Buffer.from(CARD.privateKey, "base64").toString("hex").toUpperCase();
    for (let at = 300; at + 64 < secret.length; at += 64)
      expect(again.join(" ")).not.toContain(secret.slice(at, at + 64));
    prepare();
  });

  it("must fit: ALGIEP, AMIEP and the section of keys go together, and keys must be there", () => {
    const text = read("cards/rsa.yaml");
    const fault = (from: string, to: string) => () => loadCardData(text.replace(from, to), "card.yaml");
    expect(fault("AMIEP: 2", "AMIEP: 1")).toThrow(/card\.yaml:12: AMIEP/);
    expect(fault("ALGIEP: 16", "ALGIEP: 5")).toThrow(/AMIEP/);
    expect(fault("certificates: genuine", "certificates: forged")).toThrow(/card\.yaml:18: publicKey\.certificates/);
    expect(fault("  lastDay: 291231", "  lastDay: 290230")).toThrow(/card\.yaml:19: publicKey\.lastDay/);
    expect(() => loadCardData(text.slice(0, text.indexOf("publicKey")), "card.yaml")).toThrow(/publicKey: expected/);
    expect(() => serve({ publicKey: { key: "nobody", certificates: "genuine", lastDay: "291231" } })).toThrow(/nobody/);
    expect(() => serve({ PPIEP: "000456" })).toThrow(/no CA key/);
  });
});

describe("seeded defects", () => {
  it("replace one decision about certificates or session keys", () => {
    const trusting = serve({}, { role: createCardRole({ ...cardCrypto, verifyCertificate: () => true }) });
    initialise(trusting);
    expect(presentCertificate(psamCertificate({ key: PSAM.privateKey }), trusting)).toBe("9000");
    const open = { ...cardCrypto, openSessionKey: () => new Uint8Array(16) };
    const careless = serve({}, { role: createCardRole(open) });
    const INITRSP = initialise(careless);
    presentCertificate(psamCertificate(), careless);
    expect(presentKey(new Uint8Array(224), careless)).toBe("9000");
    expect(debit(debitData(INITRSP, new Uint8Array(16)), careless)).toMatch(/^0000/);
  });
});

describe("the client", () => {
  it("reads both certificates and presents what the PSAM gave", async () => {
    const client = new IepClient({ transmit: async (command) => card.transmit(command) ?? new Uint8Array(0) });
    const deadline = deadlineIn(systemClock, 5_000);
    const certificates = await client.readCertificates(deadline);
    expect(certificates.kind === "answer" && [certificates.value.issuer[0], certificates.value.card[0]]).toEqual([
      1, 2,
    ]);
    const initialised = await client.initialize(deadline);
    const INITRSP = initialised.kind === "answer" ? initialised.value.INITRSP : new Uint8Array(27);
    const { SESSKEY, SK } = sessionKey(INITRSP);
    expect(await client.presentCertificate(psamCertificate(), deadline)).toEqual({ kind: "answer", value: null });
    expect(await client.presentSessionKey(SESSKEY, deadline)).toEqual({ kind: "answer", value: null });
    expect(await client.debit(debitData(INITRSP, SK), deadline)).toMatchObject({ value: { fields: { CC: "0000" } } });
    expect(await client.presentCertificate(psamCertificate(), deadline)).toEqual({ kind: "refused", SW: 0x6985 });
  });
});
