import { createHash, createPublicKey, sign, verify } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { seededRandom } from "../../core/random.ts";
import { encodePresentCertificateCommand } from "../../protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../protocol/messages/present-session-key.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import {
  encodePackageCardCertificateCommand,
  encodePackageIssuerCertificateCommand,
} from "../../protocol/messages/psam-certificates.ts";
import { encodePackageAtrCommand, encodePackageInitializeCommand } from "../../protocol/messages/psam-packages.ts";
import { cardAtr } from "../card/atr.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { PsamClient } from "./client.ts";
import { psamCrypto } from "./crypto.ts";
import { createPsamRole } from "./model.ts";
import { createPsam, restorePsam } from "./personalise.ts";
import { loadPsamData } from "./psam-data.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import {
  complete,
  DATA,
  debit,
  debitPackage,
  draw,
  idtrx,
  initResponse,
  issuePackage,
  KEYS,
  negative,
  present,
  READ_TOTALS,
  read,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";

const READ_CERTIFICATE = "90780000F4";
const READ_SESSION_KEY = "90780100E0";

const CA = KEYS.caPrivateKey("000123", 1) ?? "";
const ISSUER = KEYS.issuerKey("000123") ?? { privateKey: "", modulus: new Uint8Array(112) };
const pkcs8 = (key: string) => ({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" }) as const;
const publicKey = (modulus: Uint8Array) =>
  createPublicKey({ key: { kty: "RSA", n: Buffer.from(modulus).toString("base64url"), e: "AQAB" }, format: "jwk" });

/** A certificate put together by the words of keys-and-signatures.md 8. `head`: type, authority, subject, last day. */
function certificate(head: string, modulus: Uint8Array, key: string): Uint8Array {
  const unsigned = concat(fromHex(head), modulus);
  return concat(unsigned, new Uint8Array(sign("sha256", unsigned, pkcs8(key))));
}

const issuerCertificate = (head = "01 CA00012301000000 0001230000000000 291231", key = CA) =>
  certificate(head, ISSUER.modulus, key);
const cardCertificate = (head = "02 0001230000000000 0001230000004726 291231", key = ISSUER.privateKey) =>
  certificate(head, KEYS.cardKey("rsa")?.modulus ?? new Uint8Array(112), key);

const issuerPackage = (bytes: Uint8Array, to = psam) => send(to, encodePackageIssuerCertificateCommand(bytes));
const cardPackage = (bytes: Uint8Array, to = psam) => send(to, encodePackageCardCertificateCommand(bytes));
const fileOf = (of: SimulatedCard, record: number) => fromHex(send(of, `00B20${record}1400`).slice(0, -4));

/** Packages up to the card's own certificate; the status word of the first that is refused, or of the last. */
function accept(to: SimulatedPsam, of: SimulatedCard): string {
  const SW = present(to, initResponse(of));
  if (SW !== "9000") return SW;
  const issuer = issuerPackage(fileOf(of, 1), to);
  return issuer === "9000" ? cardPackage(fileOf(of, 2), to) : issuer;
}

/** All packages, the debit reserved or issued, and its key presented to the card: DEBITDATA. */
function drawPublic(to: SimulatedPsam, of: SimulatedCard, command = debitPackage()): Uint8Array {
  expect(accept(to, of)).toBe("9000");
  const response = send(to, command);
  expect(response).toMatch(/9000$/);
  const PSAMCERT = fromHex(send(to, READ_CERTIFICATE).slice(0, -4));
  const SESSKEY = fromHex(send(to, READ_SESSION_KEY).slice(0, -4));
  expect(send(of, encodePresentCertificateCommand(PSAMCERT))).toBe("9000");
  expect(send(of, encodePresentSessionKeyCommand(SESSKEY))).toBe("9000");
  return fromHex(response.slice(0, 106));
}

let psam: SimulatedPsam;
let card: SimulatedCard;
beforeEach(() => {
  psam = serve();
  card = testCard("rsa");
});

describe("a purchase with a public key card", () => {
  it("goes through certificates, session key, DEBIT IEP and COMPLETE", () => {
    const CARDRSP = debit(card, drawPublic(psam, card));
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
    expect(send(psam, READ_TOTALS)).toBe(`00078900A10001000000022026010100${"0001230978020000000003E300000001"}9000`);
  });

  it("issued at once, gives the very answer of the card, which confirms it", () => {
    expect(accept(psam, card)).toBe("9000");
    const response = send(psam, issuePackage());
    const EXPECTED = fromHex(response.slice(106, 138));
    send(card, encodePresentCertificateCommand(fromHex(send(psam, READ_CERTIFICATE).slice(0, -4))));
    send(card, encodePresentSessionKeyCommand(fromHex(send(psam, READ_SESSION_KEY).slice(0, -4))));
    expect(debit(card, fromHex(response.slice(0, 106)))).toEqual(EXPECTED);
    expect(complete(psam, 1, EXPECTED)).toMatch(/9000$/);
  });

  it("can be completed late, after suspension and loss of power, and a negative answer closes it", () => {
    const CARDRSP = debit(card, drawPublic(psam, card));
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "suspend"))).toBe("9000");
    psam = servePsam({ state: restorePsam(JSON.parse(JSON.stringify(psam.state.memory))) });
    send(psam, SELECT);
    expect(complete(psam, 1, flipBit(CARDRSP, 100))).toBe("9302");
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);

    const no = negative(card, drawPublic(psam, card, debitPackage({ IDTRX: idtrx(2) })));
    expect(toHex(no.subarray(0, 2))).toBe("9409");
    expect(complete(psam, 2, no)).toBe("9404");
  });

  it("stands beside cards with triple DES, AES and of other exponents in one PSAM", () => {
    const others = ["specimen", "second-key-version", "issuer-b", "aes", "yen", "dinar", "points"];
    others.forEach((name, index) => {
      const other = testCard(name);
      const { CURRIEP, CEXPIEP } = other.state.purse;
      const DEBITDATA = draw(psam, other, { CURRPDA: CURRIEP, CEXPPDA: CEXPIEP, IDTRX: idtrx(index + 10) });
      expect(complete(psam, index + 10, debit(other, DEBITDATA))).toMatch(/9000$/);
    });
    expect(complete(psam, 1, debit(card, drawPublic(psam, card)))).toMatch(/9000$/);
    expect(psam.state.memory.totals.map(({ PPIEP, CURR, CEXP, NTOT }) => [PPIEP, CURR, CEXP, NTOT])).toEqual([
      ["000123", "0978", 2, 4],
      ["000456", "0978", 2, 1],
      ["000123", "0392", 0, 1],
      ["000123", "0414", 3, 1],
      ["000123", "0999", 0, 1],
    ]);
  });

  it.each(["psam-1", "psam-2"])("is served by the test PSAM %s", (name) => {
    const other = servePsam({ state: createPsam(loadPsamData(read(`psams/${name}.yaml`), name), KEYS) });
    send(other, SELECT);
    expect(complete(other, 1, debit(card, drawPublic(other, card)))).toMatch(/9000$/);
  });
});

describe("INITIALIZE IEP of a public key card", () => {
  it.each([
    ["9411", "secret key mode with its algorithm", 19, 0x01],
    ["9411", "public key mode with AES", 8, 0x05],
    ["9403", "a CA key version that is not there", 22, 0x02],
  ])("%s for %s", (SW, _what, offset, value) => {
    const INITRSP = initResponse(card);
    INITRSP[offset] = value;
    expect(present(psam, INITRSP)).toBe(SW);
  });

  it("9411 for an issuer without a CA key here", () => {
    const INITRSP = initResponse(card);
    INITRSP.set(fromHex("000456"), 0);
    expect(present(psam, INITRSP)).toBe("9411");
  });

  it("9412 for one that is on the list of blocked cards", () => {
    const blockedCards = [{ PPIEP: "000123", IDIEP: "0000004726" }];
    expect(present(serve({}, { blockedCards }), initResponse(card))).toBe("9412");
  });
});

describe("certificates", () => {
  const changed = (bytes: Uint8Array, at: number, value: number) => bytes.with(at, value);
  const unsigned = (bytes: Uint8Array) => bytes.with(243, (bytes[243] ?? 0) ^ 1);

  it.each([
    ["6A80", "of a card", cardCertificate()],
    ["6A80", "of no type", issuerCertificate("04 CA00012301000000 0001230000000000 291231")],
    ["6A80", "with a last day that is no date", issuerCertificate("01 CA00012301000000 0001230000000000 290230")],
    ["6A80", "with a modulus without its highest bit", changed(issuerCertificate(), 20, 0x7f)],
    ["6A80", "with an even modulus", changed(issuerCertificate(), 131, 0x00)],
    ["9421", "of another issuer", issuerCertificate("01 CA00012301000000 0004560000000000 291231")],
    ["9421", "by the CA of another version", issuerCertificate("01 CA00012302000000 0001230000000000 291231")],
    ["9421", "by no CA", issuerCertificate("01 0001230000000000 0001230000000000 291231")],
    ["9422", "with a changed signature", unsigned(issuerCertificate())],
    ["9422", "signed by itself", issuerCertificate(undefined, ISSUER.privateKey)],
    ["9420", "that had expired", issuerCertificate("01 CA00012301000000 0001230000000000 251231")],
    [
      "9422",
      "that had expired and is forged",
      issuerCertificate("01 CA00012301000000 0001230000000000 251231", ISSUER.privateKey),
    ],
    [
      "9421",
      "of another issuer and forged",
      unsigned(issuerCertificate("01 CA00012301000000 0004560000000000 291231")),
    ],
  ])("%s for an issuer's %s; the draw begins anew", (SW, _what, bytes) => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(issuerPackage(bytes)).toBe(SW);
    expect(issuerPackage(issuerCertificate())).toBe("6985");
    expect(psam.state.session).toEqual({ kind: "idle" });
  });

  it.each([
    ["6A80", "of an issuer", issuerCertificate()],
    ["6A80", "with a last day that is no date", cardCertificate("02 0001230000000000 0001230000004726 001301")],
    ["9421", "of another card", cardCertificate("02 0001230000000000 0001230000004727 291231")],
    ["9421", "by another issuer", cardCertificate("02 0004560000000000 0001230000004726 291231")],
    ["9421", "by the CA itself", cardCertificate("02 CA00012301000000 0001230000004726 291231", CA)],
    ["9422", "signed by the CA in the issuer's name", cardCertificate(undefined, CA)],
    ["9422", "with a changed signature", unsigned(cardCertificate())],
    ["9420", "that had expired", cardCertificate("02 0001230000000000 0001230000004726 251231")],
  ])("%s for a card's %s; the draw begins anew", (SW, _what, bytes) => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(issuerPackage(issuerCertificate())).toBe("9000");
    expect(cardPackage(bytes)).toBe(SW);
    expect(cardPackage(cardCertificate())).toBe("6985");
    expect(psam.state.memory.NTPSAM).toBe(1);
  });

  it.each([
    ["rsa-expired-certificate", "9420"],
    ["rsa-other-issuer", "9421"],
    ["rsa-other-ca", "9422"],
    ["rsa-malformed-certificate", "6A80"],
  ])("of the test card %s: %s", (name, SW) => {
    expect(accept(psam, testCard(name))).toBe(SW);
    expect(accept(psam, card)).toBe("9000");
  });

  it("of a key that the card does not have are good, but the card cannot use the session key", () => {
    const other = testCard("rsa-other-key");
    expect(accept(psam, other)).toBe("9000");
    const response = send(psam, debitPackage());
    send(other, encodePresentCertificateCommand(fromHex(send(psam, READ_CERTIFICATE).slice(0, -4))));
    const key = send(other, encodePresentSessionKeyCommand(fromHex(send(psam, READ_SESSION_KEY).slice(0, -4))));
    const SW = key === "9000" ? send(other, `9054010035${response.slice(0, 106)}10`) : key;
    expect(["9302", "9422"]).toContain(SW);
    expect(other.state.purse.BALIEP).toBe(10_000_000);
  });

  it("are good on the day of the last update, and on the last day the debit too", () => {
    psam = serve({}, { updated: "20260115" });
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(issuerPackage(issuerCertificate("01 CA00012301000000 0001230000000000 260115"))).toBe("9000");
    expect(cardPackage(cardCertificate())).toBe("9000");
    expect(send(psam, debitPackage({ DTHR: "20260115235959" }))).toMatch(/9000$/);
  });

  it.each([
    ["issuer's", "260115", "291231"],
    ["card's", "291231", "260115"],
  ])("9413 at DEBIT on the day after the %s last day", (_whose, issuer, own) => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(issuerPackage(issuerCertificate(`01 CA00012301000000 0001230000000000 ${issuer}`))).toBe("9000");
    expect(cardPackage(cardCertificate(`02 0001230000000000 0001230000004726 ${own}`))).toBe("9000");
    expect(send(psam, debitPackage({ DTHR: "20260116000000" }))).toBe("9413");
  });

  it("are out of order anywhere else, and a wrong length leads to idle", () => {
    expect(issuerPackage(issuerCertificate())).toBe("6985");
    expect(present(psam, initResponse(testCard("specimen")))).toBe("9000");
    expect(issuerPackage(issuerCertificate())).toBe("6985");
    expect(send(psam, debitPackage())).toMatch(/9000$/);
    expect(issuerPackage(issuerCertificate())).toBe("6985");
    send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));

    expect(present(psam, initResponse(card))).toBe("9000");
    expect(cardPackage(cardCertificate())).toBe("6985");
    expect(send(psam, debitPackage())).toBe("6985");
    expect(issuerPackage(issuerCertificate())).toBe("9000");
    expect(issuerPackage(issuerCertificate())).toBe("6985");
    expect(cardPackage(cardCertificate().subarray(1))).toBe("6700");
    expect(cardPackage(cardCertificate())).toBe("6985");
    expect(psam.state.session).toEqual({ kind: "idle" });
  });

  it("never lead to 9000 with any bit changed", () => {
    fc.assert(
      fc.property(fc.nat({ max: 244 * 8 - 1 }), fc.boolean(), (bit, isCard) => {
        present(psam, initResponse(card));
        const refused = isCard ? flippedCard(bit) : issuerPackage(flipBit(issuerCertificate(), bit));
        expect(["6A80", "9421", "9422"]).toContain(refused);
      }),
      { numRuns: 60 },
    );
  });

  function flippedCard(bit: number): string {
    issuerPackage(issuerCertificate());
    return cardPackage(flipBit(cardCertificate(), bit));
  }
});

describe("READ CERTIFICATE and READ SESSION KEY", () => {
  it("give the PSAM's certificate under the card's CA, and a signed session key", () => {
    const INITRSP = initResponse(card);
    expect(present(psam, INITRSP)).toBe("9000");
    issuerPackage(fileOf(card, 1));
    cardPackage(fileOf(card, 2));
    expect(send(psam, debitPackage())).toMatch(/9000$/);
    const PSAMCERT = fromHex(send(psam, READ_CERTIFICATE).slice(0, -4));
    expect(toHex(PSAMCERT.subarray(0, 20))).toBe("03CA0001230100000000078900" + "00A10001291231");
    const ca = publicKey(KEYS.caPublicKey("000123", 1) ?? new Uint8Array(112));
    expect(verify("sha256", PSAMCERT.subarray(0, 132), ca, PSAMCERT.subarray(132))).toBe(true);
    const SESSKEY = fromHex(send(psam, READ_SESSION_KEY).slice(0, -4));
    const signed = concat(fromHex("1F 000789 00A10001"), INITRSP, SESSKEY.subarray(0, 112));
    expect(verify("sha256", signed, publicKey(PSAMCERT.subarray(20, 132)), SESSKEY.subarray(112))).toBe(true);
  });

  it("work while the debit is open and after COMPLETE, CANCEL and READ TOTALS, with Le 00 as well", () => {
    drawPublic(psam, card);
    const key = send(psam, READ_SESSION_KEY);
    send(psam, READ_TOTALS);
    send(psam, encodePsamCancelCommand(idtrx(1), "suspend"));
    complete(psam, 1, new Uint8Array(16));
    expect(send(psam, "9078010000")).toBe(key);
    expect(send(psam, "9078000000")).toMatch(/^.{488}9000$/);
  });

  it.each(["9078000000", "90780000F3", "9078010000", "90780100DF", "9078020000", "90780001F4"])(
    "are refused without a debit or with wrong parameters: %s",
    (command) => {
      const length = command.endsWith("F3") || command.endsWith("DF");
      const wrong = command.startsWith("907802") || command.startsWith("90780001");
      expect(send(psam, command)).toBe(wrong ? "6A86" : length ? "6700" : "6985");
    },
  );

  it("6985 after the next package, reset, SELECT, a refused debit, and for a secret key card", () => {
    drawPublic(psam, card);
    expect(send(psam, encodePackageAtrCommand(cardAtr()))).toBe("6985"); // out of order: changes nothing
    expect(send(psam, READ_SESSION_KEY)).toMatch(/9000$/);
    send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));
    send(psam, encodePackageAtrCommand(cardAtr()));
    expect(send(psam, READ_SESSION_KEY)).toBe("6985");
    psam = serve();
    for (const forget of [() => psam.reset(), () => send(psam, SELECT)]) {
      drawPublic(psam, card);
      forget();
      expect(send(psam, READ_CERTIFICATE)).toBe("6985");
      send(psam, SELECT);
      send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));
    }
    accept(psam, card);
    expect(send(psam, debitPackage({ MPDA: 10_000_001 }))).toBe("9401");
    expect(send(psam, READ_SESSION_KEY)).toBe("6985");
    draw(psam, testCard("aes"));
    expect(send(psam, READ_CERTIFICATE)).toBe("6985");
  });

  it("6985 after a debit whose write failed, and the next key is another one", () => {
    let works = true;
    psam = serve({ memory: () => works });
    drawPublic(psam, card);
    const first = send(psam, READ_SESSION_KEY);
    send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));
    expect(accept(psam, card)).toBe("9000");
    works = false;
    expect(send(psam, debitPackage())).toBe("6581");
    expect(send(psam, READ_SESSION_KEY)).toBe("6985");
    works = true;
    drawPublic(psam, card);
    expect(send(psam, READ_SESSION_KEY).slice(0, 224)).not.toBe(first.slice(0, 224));
  });

  it("a failed write of another command leaves them readable", () => {
    let works = true;
    psam = serve({ memory: () => works });
    drawPublic(psam, card);
    works = false;
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "suspend"))).toBe("6581");
    expect(send(psam, READ_SESSION_KEY)).toMatch(/9000$/);
  });
});

describe("session keys", () => {
  /** All the way to EK with that source of randomness. */
  const keyOf = (seed: string, random?: string) => {
    const state = createPsam(DATA, KEYS, seededRandom(seed));
    const other = servePsam({ state, ...(random ? { random: seededRandom(random) } : {}) });
    other.reset();
    send(other, SELECT);
    drawPublic(other, testCard("rsa"));
    return send(other, READ_SESSION_KEY).slice(0, 224);
  };

  it("follow from the randomness that was given, at the start and at reset", () => {
    expect(keyOf("one")).toBe(keyOf("one"));
    expect(keyOf("one")).not.toBe(keyOf("two"));
    expect(keyOf("one", "fresh")).not.toBe(keyOf("one"));
  });

  it("are new for every debit", () => {
    const keys = [1, 2, 3].map((number) => {
      drawPublic(psam, card, issuePackage({ IDTRX: idtrx(number) }));
      return createHash("sha256").update(send(psam, READ_SESSION_KEY)).digest("hex");
    });
    expect(new Set(keys).size).toBe(3);
  });

  it("and private keys are in no answer", () => {
    drawPublic(psam, card);
    const { open, signingKey } = psam.state.memory;
    const answers = [READ_CERTIFICATE, READ_SESSION_KEY, READ_TOTALS, SELECT].map((each) => send(psam, each)).join(" ");
    expect(open?.SK).toMatch(/^[0-9A-F]{32}$/);
    expect(answers).not.toContain(open?.SK ?? "");
    const secret = Buffer.from(signingKey ?? "", "base64")
      .toString("hex")
      .toUpperCase();
    for (let at = 300; at + 64 < secret.length; at += 64) expect(answers).not.toContain(secret.slice(at, at + 64));
  });
});

describe("the memory of a PSAM with CA keys", () => {
  it("is plain data, and personalisation names what is missing", () => {
    const state = createPsam(DATA, KEYS);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    const text = read("psams/psam-1.yaml");
    const without = text.replace("certificateLastDay: 291231\n", "");
    expect(() => loadPsamData(without, "p.yaml")).toThrow(/certificateLastDay/);
    const keys = [{ PPIEP: "000456", ALGIEP: 16, VKIEP: 1 }];
    expect(() => createPsam({ ...DATA, keys }, KEYS)).toThrow(/no CA key for PPIEP 000456/);
  });
});

describe("seeded defects", () => {
  it("replace one decision about certificates or session keys", () => {
    const trusting = serve({ role: createPsamRole({ ...psamCrypto, verifyCertificate: () => true }) });
    expect(accept(trusting, testCard("rsa-other-ca"))).toBe("9000");
    const zero = { SK: new Uint8Array(16), EK: new Uint8Array(112), SIG: new Uint8Array(112) };
    const careless = serve({ role: createPsamRole({ ...psamCrypto, sendSessionKey: () => zero }) });
    accept(careless, card);
    send(careless, debitPackage());
    expect(send(careless, READ_SESSION_KEY)).toBe(`${"00".repeat(224)}9000`);
  });
});

describe("the client", () => {
  it("hands over certificates and reads what the card wants to see", async () => {
    const client = new PsamClient(psam);
    const deadline = deadlineIn(systemClock, 5_000);
    send(psam, encodePackageAtrCommand(cardAtr()));
    send(psam, encodePackageInitializeCommand(initResponse(card)));
    expect(await client.packageCertificates(fileOf(card, 1), fileOf(card, 2), deadline)).toMatchObject({ value: null });
    send(psam, issuePackage());
    expect(await client.readCertificate(deadline)).toMatchObject({ kind: "answer" });
    expect(await client.readSessionKey(deadline)).toMatchObject({ kind: "answer" });
    expect(await client.packageCertificates(fileOf(card, 1), fileOf(card, 2), deadline)).toEqual({
      kind: "refused",
      SW: 0x6985,
    });
  });
});
