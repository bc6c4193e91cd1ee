import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex } from "../../core/bytes.ts";
import type { LinkName } from "../../core/trace.ts";
import { describe as describeBytes, describeMessage } from "./describe.ts";
import { labelOf } from "./label.ts";
import { encodeMessage } from "./message.ts";

const IDTRX = "AB".repeat(16);
const EXPECTED = fromHex("0000 0007 000003E8 1122334455667788");
const text = (value: string) => new TextEncoder().encode(value);

/** type, authority, subject, last day, modulus, signature */
const certificate = (type: string, subject: string) =>
  concat(
    fromHex(`${type} CA00012301000000 ${subject} 281231`),
    new Uint8Array(112).fill(0xaa),
    new Uint8Array(112).fill(0xbb),
  );
const issuer = certificate("01", "0001230000000000");
const card = certificate("02", "0001230000004711");

describe("messages of the variants in words", () => {
  it("show the expected answer element by element", () => {
    const bytes = encodeMessage({ kind: "debit-command", IDTRX, DEBITDATA: new Uint8Array(53), EXPECTED });
    expect(describeMessage(bytes)).toMatchObject({
      message: "debit-command",
      "EXPECTED.CC": "0000",
      "EXPECTED.NTIEP": "7",
      "EXPECTED.BALIEP": "1000",
      "EXPECTED.S3": "1122334455667788",
    });
  });

  it("say of what is sealed only how long it is", () => {
    const ETSK = new Uint8Array(44).fill(1);
    const SEALED = new Uint8Array(100).fill(2);
    const opening = { kind: "sealed-opening", IDMER: "SHOP0001", IDTRX, RND: "01".repeat(8), ETSK, SEALED } as const;
    expect(describeMessage(encodeMessage(opening))).toEqual({
      message: "sealed-opening",
      IDMER: "SHOP0001",
      IDTRX,
      RND: "01".repeat(8),
      ETSK: "sealed, 44 bytes",
      SEALED: "sealed, 100 bytes",
    });
  });

  it("take a clear confirmation apart", () => {
    const CLEARCONF = concat(
      fromHex(`02 ${IDTRX}`),
      text("SHOP0001"),
      fromHex("0000 000004E2 0978 02 00000000 00000009 20310506070809"),
      new Uint8Array(16).fill(0xcc),
    );
    const bytes = encodeMessage({ kind: "debit-result", IDTRX, IDMER: "SHOP0001", CLEARCONF });
    expect(describeMessage(bytes)).toMatchObject({
      "CLEARCONF.form": "02",
      "CLEARCONF.IDMER": "SHOP0001",
      "CLEARCONF.CC": "0000",
      "CLEARCONF.MPDA": "12.50 (0978)",
      "CLEARCONF.IDTERM": "00000000",
      "CLEARCONF.NTPSAM": "9",
      "CLEARCONF.DTHR": "20310506070809",
      "CLEARCONF.MAC": "CC".repeat(16),
    });
  });

  it("take certificates and the session key apart", () => {
    const information = {
      kind: "card-information",
      IDTRX,
      ATR: fromHex("3B00"),
      INITRSP: new Uint8Array(27),
      CERTS: concat(issuer, card),
    } as const;
    expect(describeMessage(encodeMessage(information))).toMatchObject({
      "CERTS.issuer.type": "01 issuer",
      "CERTS.issuer.authority": "CA00012301000000",
      "CERTS.issuer.subject": "0001230000000000",
      "CERTS.card.type": "02 card",
      "CERTS.card.subject": "0001230000004711",
      "CERTS.card.last day": "281231",
      "CERTS.card.modulus": "AA".repeat(112),
      "CERTS.card.signature": "BB".repeat(112),
    });
    const SESSKEY = concat(new Uint8Array(112).fill(1), new Uint8Array(112).fill(2));
    const PSAMCERT = certificate("03", "0001230000000001");
    const command = { kind: "debit-command", IDTRX, DEBITDATA: new Uint8Array(53), PSAMCERT, SESSKEY } as const;
    expect(describeMessage(encodeMessage(command))).toMatchObject({
      "PSAMCERT.type": "03 security card",
      "SESSKEY.EK": "01".repeat(112),
      "SESSKEY.SIG": "02".repeat(112),
    });
  });

  it("name who compares", () => {
    const draw = {
      kind: "t-draw",
      IDTERM: "00000001",
      IDTRX,
      IDMER: "SHOP0001",
      ATR: fromHex("3B00"),
      INITRSP: new Uint8Array(27),
      MPDA: 1,
      CURRPDA: "0978",
      CEXPPDA: 2,
    } as const;
    const said = [1, 2, 3].map((COMPARE) => describeMessage(encodeMessage({ ...draw, COMPARE })).COMPARE);
    expect(said).toEqual(["01 payment server", "02 head end", "03 merchant"]);
  });

  it("look into what a dumb terminal passes on, command and answer", () => {
    const command = encodeMessage({ kind: "t-apdu", IDTERM: "00000003", APDU: fromHex("908E000010") });
    const APDU = concat(fromHex("9070010000"));
    expect(describeBytes("line", "concentrator", command)).toMatchObject({ "APDU.command": "CANCEL" });
    const package2 = encodeMessage({ kind: "t-apdu", IDTERM: "00000003", APDU });
    const RAPDU = fromHex("000123 00000001 0000002A 9000");
    const answer = encodeMessage({ kind: "t-answer", IDTERM: "00000003", RAPDU });
    const words = { "RAPDU.answers": "PACKAGE: INITIALIZE IEP", "RAPDU.NTPSAM": "42", "RAPDU.SW": "9000 success" };
    expect(describeBytes("line", "terminal", answer, package2)).toMatchObject(words);
    const onLan = (message: Uint8Array) => concat(fromHex("00000003"), message);
    expect(describeBytes("LAN", "concentrator", onLan(answer), onLan(package2))).toMatchObject(words);
    expect(describeBytes("line", "terminal", answer)).toMatchObject({ "RAPDU.SW": "9000 success" });
  });
});

describe("commands of the variants in words", () => {
  it.each<[LinkName, string, string, Record<string, string>]>([
    ["235", "905800 00 F4", "PRESENT CERTIFICATE", { type: "03 security card" }],
    ["SAM", "907002 00 F4", "PACKAGE: ISSUER CERTIFICATE", { type: "03 security card" }],
    ["SAM", "907003 00 F4", "PACKAGE: CARD CERTIFICATE", { type: "03 security card" }],
  ])("%s %s is %s with a certificate", (link, header, command, fields) => {
    const bytes = concat(fromHex(header), certificate("03", "0001230000000001"));
    expect(describeBytes(link, link === "235" ? "set-top-box" : "terminal", bytes)).toMatchObject({
      command,
      ...fields,
    });
  });

  it.each<[LinkName, string, string]>([
    ["235", "905801 00 00", "PRESENT SESSION KEY"],
    ["SAM", "907800 00 F4", "READ CERTIFICATE"],
    ["SAM", "907801 00 E0", "READ SESSION KEY"],
    ["SAM", "907201 00 00", "PACKAGE: DEBIT, issued at once"],
    ["SAM", "907200 00 00", "PACKAGE: DEBIT"],
  ])("%s %s is %s", (link, bytes, command) => {
    expect(describeBytes(link, link === "235" ? "set-top-box" : "terminal", fromHex(bytes)).command).toBe(command);
  });

  it("show the expected answer behind the debit command", () => {
    const DEBITDATA = fromHex(
      `000123 00000001 0000002A 000000FA 0978 02 20310506070809 00000001 ${IDTRX} 0102030405060708`,
    );
    const answer = concat(DEBITDATA, EXPECTED, fromHex("9000"));
    expect(describeBytes("SAM", "psam", answer, fromHex("90720100"))).toMatchObject({
      NTPSAM: "42",
      MPDA: "2.50 (0978)",
      S2: "0102030405060708",
      "EXPECTED.CC": "0000",
      "EXPECTED.S3": "1122334455667788",
    });
  });

  it("show a certificate that was read from the card", () => {
    const answer = concat(card, fromHex("9000"));
    expect(describeBytes("235", "card", answer, fromHex("00B2021400"))).toMatchObject({ subject: "0001230000004711" });
  });
});

describe("the links of edition 2", () => {
  it("are read as their older sisters", () => {
    const request = fromHex("EE05 DF1B02A001");
    expect(describeBytes("237", "head-end-payment-server", request)).toEqual({ message: "refusal", CC: "A001" });
    expect(labelOf("237", "head-end", request)).toBe(0xee);
    const post = text("POST /status\n\nx=1");
    expect(describeBytes("238", "payment-server", post)).toEqual({ http: "POST /status", body: "x=1" });
    expect(labelOf("238", "payment-server", post)).toBe("POST /status");
    expect(labelOf("238", "merchant", text("200\n\n"), post)).toBe("response POST /status");
  });

  it("never throw, whatever passes", () => {
    const links = fc.constantFrom<LinkName>("237", "238", "235", "SAM", "line", "LAN");
    const heads = fc.constantFrom("", "E4", "E5", "EB", "EF", "F2", "FC", "FD", "9058", "9070", "9072", "9078");
    fc.assert(
      fc.property(links, heads, fc.uint8Array({ maxLength: 260 }), (link, head, rest) => {
        const bytes = concat(fromHex(head), rest);
        for (const from of ["terminal", "psam", "card", "head-end"] as const) describeBytes(link, from, bytes, bytes);
      }),
    );
  });
});
