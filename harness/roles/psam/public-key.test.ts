import { sign } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { encodePresentCertificateCommand } from "../../protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../protocol/messages/present-session-key.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
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
import {
  accept,
  cardPackage,
  drawPublic,
  fileOf,
  issuerPackage,
  READ_CERTIFICATE,
  READ_SESSION_KEY,
} from "./testing/public-key-bed.ts";

const CA = KEYS.caPrivateKey("000123", 1) ?? "";
const ISSUER = KEYS.issuerKey("000123") ?? { privateKey: "", modulus: new Uint8Array(112) };
const pkcs8 = (key: string) => ({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" }) as const;

/** A certificate put together by the words of keys-and-signatures.md 8. `head`: type, authority, subject, last day. */
function certificate(head: string, modulus: Uint8Array, key: string): Uint8Array {
  const unsigned = concat(fromHex(head), modulus);
  return concat(unsigned, new Uint8Array(sign("sha256", unsigned, pkcs8(key))));
}

const issuerCertificate = (head = "01 CA00012301000000 0001230000000000 291231", key = CA) =>
  certificate(head, ISSUER.modulus, key);
const cardCertificate = (head = "02 0001230000000000 0001230000004726 291231", key = ISSUER.privateKey) =>
  certificate(head, KEYS.cardKey("rsa")?.modulus ?? new Uint8Array(112), key);

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
    expect(issuerPackage(psam, bytes)).toBe(SW);
    expect(issuerPackage(psam, issuerCertificate())).toBe("6985");
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
    expect(issuerPackage(psam, issuerCertificate())).toBe("9000");
    expect(cardPackage(psam, bytes)).toBe(SW);
    expect(cardPackage(psam, cardCertificate())).toBe("6985");
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
    expect(issuerPackage(psam, issuerCertificate("01 CA00012301000000 0001230000000000 260115"))).toBe("9000");
    expect(cardPackage(psam, cardCertificate())).toBe("9000");
    expect(send(psam, debitPackage({ DTHR: "20260115235959" }))).toMatch(/9000$/);
  });

  it.each([
    ["issuer's", "260115", "291231"],
    ["card's", "291231", "260115"],
  ])("9413 at DEBIT on the day after the %s last day", (_whose, issuer, own) => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(issuerPackage(psam, issuerCertificate(`01 CA00012301000000 0001230000000000 ${issuer}`))).toBe("9000");
    expect(cardPackage(psam, cardCertificate(`02 0001230000000000 0001230000004726 ${own}`))).toBe("9000");
    expect(send(psam, debitPackage({ DTHR: "20260116000000" }))).toBe("9413");
  });

  it("are out of order anywhere else, and a wrong length leads to idle", () => {
    expect(issuerPackage(psam, issuerCertificate())).toBe("6985");
    expect(present(psam, initResponse(testCard("specimen")))).toBe("9000");
    expect(issuerPackage(psam, issuerCertificate())).toBe("6985");
    expect(send(psam, debitPackage())).toMatch(/9000$/);
    expect(issuerPackage(psam, issuerCertificate())).toBe("6985");
    send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));

    expect(present(psam, initResponse(card))).toBe("9000");
    expect(cardPackage(psam, cardCertificate())).toBe("6985");
    expect(send(psam, debitPackage())).toBe("6985");
    expect(issuerPackage(psam, issuerCertificate())).toBe("9000");
    expect(issuerPackage(psam, issuerCertificate())).toBe("6985");
    expect(cardPackage(psam, cardCertificate().subarray(1))).toBe("6700");
    expect(cardPackage(psam, cardCertificate())).toBe("6985");
    expect(psam.state.session).toEqual({ kind: "idle" });
  });

  it("never lead to 9000 with any bit changed", () => {
    fc.assert(
      fc.property(fc.nat({ max: 244 * 8 - 1 }), fc.boolean(), (bit, isCard) => {
        present(psam, initResponse(card));
        const refused = isCard ? flippedCard(bit) : issuerPackage(psam, flipBit(issuerCertificate(), bit));
        expect(["6A80", "9421", "9422"]).toContain(refused);
      }),
      { numRuns: 60 },
    );
  });

  function flippedCard(bit: number): string {
    issuerPackage(psam, issuerCertificate());
    return cardPackage(psam, flipBit(cardCertificate(), bit));
  }
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
