import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { isDate, isDateTime } from "./calendar.ts";
import { encodeDebitIepCommand, parseDebitIepResponse } from "./debit-iep.ts";
import { encodeGetBalanceCommand, parseGetBalanceResponse } from "./get-balance.ts";
import { encodeGetPreviousSignatureCommand, parseGetPreviousSignatureResponse } from "./get-previous-signature.ts";
import { encodeInitializeIepCommand, parseInitializeIepResponse } from "./initialize-iep.ts";
import { encodePresentCertificateCommand, parsePresentCertificateResponse } from "./present-certificate.ts";
import { encodePresentSessionKeyCommand, parsePresentSessionKeyResponse } from "./present-session-key.ts";
import { encodePsamCancelCommand, parsePsamCancelResponse } from "./psam-cancel.ts";
import {
  encodePackageCardCertificateCommand,
  encodePackageIssuerCertificateCommand,
  encodeReadCertificateCommand,
  encodeReadSessionKeyCommand,
  parsePackageCertificateResponse,
  parseReadCertificateResponse,
  parseReadSessionKeyResponse,
} from "./psam-certificates.ts";
import {
  encodeCollectAnswer,
  encodeCollectCommand,
  encodeEndOfCollectionCommand,
  parseCollectResponse,
  parseEndOfCollectionResponse,
} from "./psam-collect.ts";
import { encodePsamCompleteCommand, parsePsamCompleteResponse } from "./psam-complete.ts";
import { encodePackageIssueCommand, parsePackageIssueResponse } from "./psam-issue.ts";
import {
  encodePackageAtrCommand,
  encodePackageDebitCommand,
  encodePackageInitializeCommand,
  parsePackageAtrResponse,
  parsePackageDebitResponse,
  parsePackageInitializeResponse,
} from "./psam-packages.ts";
import { encodeReadTotalsCommand, encodeTotals, parseReadTotalsResponse } from "./psam-read-totals.ts";
import { encodeUnsignedUpdate, encodeUpdateCommand, parseUpdateResponse } from "./psam-update.ts";
import {
  CERTIFICATE_FILE,
  encodeLogRecord,
  encodeReadRecordCommand,
  LOG_FILE,
  parseCardInformationResponse,
  parseCertificateRecordResponse,
  parseLogRecordResponse,
} from "./read-record.ts";
import {
  encodePsamIdentity,
  encodePurseIdentity,
  encodeSelectCommand,
  PSAM_AID,
  parseSelectPsamResponse,
  parseSelectPurseResponse,
} from "./select-purse.ts";

const IDTRX = "000102030405060708090A0B0C0D0E0F";
const SUCCESS = fromHex("9000");
const PACKAGE = { MPDA: 995, CURRPDA: "0978", CEXPPDA: 2, DTHR: "20260115123059", LOC: "00490089", IDTRX };

describe("commands as card-edge.md and psam-edge.md print them", () => {
  const zeros = (length: number) => new Uint8Array(length);
  it.each([
    ["SELECT purse", encodeSelectCommand(), "00A4040008F050422D4945503100"],
    ["SELECT PSAM", encodeSelectCommand(PSAM_AID), "00A4040008F050422D50534D3100"],
    ["INITIALIZE IEP", encodeInitializeIepCommand(), "905001001B"],
    ["DEBIT IEP", encodeDebitIepCommand(zeros(53)), `9054010035${"00".repeat(53)}10`],
    ["GET PREVIOUS IEP SIGNATURE", encodeGetPreviousSignatureCommand(0x1234), "905A010002123410"],
    ["GET BALANCE", encodeGetBalanceCommand(), "905C00000D"],
    ["READ RECORD", encodeReadRecordCommand(3, LOG_FILE), "00B203C400"],
    ["PACKAGE: ANSWER TO RESET", encodePackageAtrCommand(fromHex("3B00")), "90700000023B00"],
    ["PACKAGE: INITIALIZE IEP", encodePackageInitializeCommand(zeros(27)), `907001001B${"00".repeat(27)}0B`],
    [
      "PACKAGE: DEBIT",
      encodePackageDebitCommand(PACKAGE),
      `9072000022000003E309780220260115123059${"00490089"}${IDTRX}35`,
    ],
    [
      "PACKAGE: DEBIT, issued at once",
      encodePackageIssueCommand(PACKAGE),
      `9072010022000003E309780220260115123059${"00490089"}${IDTRX}45`,
    ],
    ["PACKAGE: ISSUER CERTIFICATE", encodePackageIssuerCertificateCommand(zeros(244)), `90700200F4${"00".repeat(244)}`],
    ["PACKAGE: CARD CERTIFICATE", encodePackageCardCertificateCommand(zeros(244)), `90700300F4${"00".repeat(244)}`],
    ["READ CERTIFICATE", encodeReadCertificateCommand(), "90780000F4"],
    ["READ SESSION KEY", encodeReadSessionKeyCommand(), "90780100E0"],
    ["PRESENT CERTIFICATE", encodePresentCertificateCommand(zeros(244)), `90580000F4${"00".repeat(244)}`],
    ["PRESENT SESSION KEY", encodePresentSessionKeyCommand(zeros(224)), `90580100E0${"00".repeat(224)}`],
    ["READ RECORD of a certificate", encodeReadRecordCommand(2, CERTIFICATE_FILE), "00B2021400"],
    ["PSAM COMPLETE", encodePsamCompleteCommand(IDTRX, zeros(16)), `9074000020${IDTRX}${"00".repeat(16)}27`],
    ["CANCEL, withdraw", encodePsamCancelCommand(IDTRX, "withdraw"), `908E000010${IDTRX}`],
    ["CANCEL, suspend", encodePsamCancelCommand(IDTRX, "suspend"), `908E010010${IDTRX}`],
    ["READ TOTALS", encodeReadTotalsCommand(), "908C000000"],
    [
      "COLLECT",
      encodeCollectCommand({ DIGEST: "AB".repeat(32), LINES: fromHex("0001230978020000000003E300000001") }),
      `9076000031${"AB".repeat(32)}010001230978020000000003E3000000010C`,
    ],
    ["END OF COLLECTION", encodeEndOfCollectionCommand(7, zeros(8)), `907A00000C00000007${"00".repeat(8)}`],
    [
      "UPDATE PSAM",
      encodeUpdateCommand(
        concat(
          encodeUnsignedUpdate({
            NTUPD: 258,
            date: "20260115",
            content: { kind: "remove-key", PPIEP: "000123", ALGIEP: 5, VKIEP: 2 },
          }),
          zeros(8),
        ),
      ),
      `90820000160000010220260115040001230502${"00".repeat(8)}`,
    ],
  ])("%s", (_name, bytes, expected) => {
    expect(toHex(bytes)).toBe(expected);
  });
});

describe("answers", () => {
  it("of a purse to SELECT have the layout of card-edge.md 5.1", () => {
    const identity = { PPIEP: "000123", IDIEP: "0000004711", SNIEP: "1122334455667788", profile: "IEP-1" };
    const data = encodePurseIdentity(identity);
    expect(toHex(data)).toBe(
      "6F2D8408F050422D49455031A521DF0103000123DF02050000004711DF1E081122334455667788DF1F054945502D31",
    );
    expect(parseSelectPurseResponse(concat(data, SUCCESS))).toEqual({ kind: "answer", value: identity });
    expect(parseSelectPsamResponse(concat(data, SUCCESS)).kind).toBe("malformed");
  });

  it("of a PSAM to SELECT name its provider and number", () => {
    const identity = { PPPSAM: "000789", IDPSAM: "00A10001", profile: "PSAM-1" };
    const read = parseSelectPsamResponse(concat(encodePsamIdentity(identity), SUCCESS));
    expect(read).toEqual({ kind: "answer", value: identity });
  });

  it("keep the log record's fields in their places", () => {
    const record = fromHex("01 0007 0000 000003E3 0978 02 0000138D 00A10001 00000009 20260115123059");
    const value = {
      TI: 1,
      NTIEP: 7,
      CC: "0000",
      MPDA: 995,
      CURRPDA: "0978",
      CEXPPDA: 2,
      BALIEP: 5005,
      IDPSAM: "00A10001",
      NTPSAM: 9,
      DTHR: "20260115123059",
    };
    expect(parseLogRecordResponse(concat(record, SUCCESS))).toEqual({ kind: "answer", value });
    expect(encodeLogRecord(value)).toEqual(record);
  });

  it("give totals line by line", () => {
    const totals = {
      PPPSAM: "000789",
      IDPSAM: "00A10001",
      NTPSAM: 3,
      updated: "20260101",
      suspended: 1,
      totals: [{ PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 2 ** 40, NTOT: 2 }],
    };
    const data = encodeTotals(totals);
    expect(toHex(data)).toBe(`00078900A10001000000032026010101${"000123097802010000000000"}00000002`);
    expect(parseReadTotalsResponse(concat(data, SUCCESS))).toEqual({ kind: "answer", value: totals });
  });

  it("of an issued debit are DEBITDATA and then the answer that the card will give", () => {
    const DEBITDATA = fromHex(
      `000789 00A10001 00000009 000003E3 0978 02 20260115123059 00490089 ${IDTRX} 0102030405060708`,
    );
    const EXPECTED = fromHex("0000 0007 0000138D 1112131415161718");
    const read = parsePackageIssueResponse(concat(DEBITDATA, EXPECTED, SUCCESS));
    expect(read).toMatchObject({
      kind: "answer",
      value: { DEBITDATA, EXPECTED, fields: { NTPSAM: 9 }, expected: { CC: "0000", BALIEP: 5005 } },
    });
    expect(parsePackageIssueResponse(concat(DEBITDATA, SUCCESS)).kind).toBe("malformed");
  });

  it("of COLLECT are its number and S4", () => {
    const value = { NTCOL: 0x01020304, S4: fromHex("1112131415161718") };
    const data = encodeCollectAnswer(value);
    expect(toHex(data)).toBe("010203041112131415161718");
    expect(parseCollectResponse(concat(data, SUCCESS))).toEqual({ kind: "answer", value });
    expect(parseCollectResponse(concat(data, fromHex("00"), SUCCESS)).kind).toBe("malformed");
  });

  it("that are certificates or session keys have exactly their length", () => {
    const ofLength = (length: number) => concat(new Uint8Array(length).fill(7), SUCCESS);
    expect(parseReadCertificateResponse(ofLength(244))).toEqual({ kind: "answer", value: new Uint8Array(244).fill(7) });
    expect(parseReadSessionKeyResponse(ofLength(224)).kind).toBe("answer");
    expect(parseCertificateRecordResponse(ofLength(244)).kind).toBe("answer");
    for (const length of [0, 223, 225, 243, 245]) {
      expect(parseReadCertificateResponse(ofLength(length)).kind).toBe("malformed");
      expect(parseReadSessionKeyResponse(ofLength(length)).kind).toBe("malformed");
    }
  });

  it("tell a refusal from an answer", () => {
    expect(parseGetPreviousSignatureResponse(fromHex("9406"))).toEqual({ kind: "refused", SW: 0x9406 });
    expect(parsePackageAtrResponse(SUCCESS)).toEqual({ kind: "answer", value: null });
    expect(parsePackageAtrResponse(fromHex("009000")).kind).toBe("malformed");
  });

  const parsers = [
    parseSelectPurseResponse,
    parseSelectPsamResponse,
    parseInitializeIepResponse,
    parseDebitIepResponse,
    parseGetPreviousSignatureResponse,
    parseGetBalanceResponse,
    parseCardInformationResponse,
    parseLogRecordResponse,
    parsePackageAtrResponse,
    parsePackageInitializeResponse,
    parsePackageDebitResponse,
    parsePsamCompleteResponse,
    parsePsamCancelResponse,
    parseCollectResponse,
    parseEndOfCollectionResponse,
    parseUpdateResponse,
    parseReadTotalsResponse,
    parsePackageIssueResponse,
    parsePackageCertificateResponse,
    parseReadCertificateResponse,
    parseReadSessionKeyResponse,
    parsePresentCertificateResponse,
    parsePresentSessionKeyResponse,
    parseCertificateRecordResponse,
  ];

  it("are read without an exception whatever the bytes are", () => {
    const responses = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 64 }).map((data) => concat(data, SUCCESS)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...parsers), responses, (parse, bytes) => {
        expect(["answer", "refused", "malformed"]).toContain(parse(bytes).kind);
      }),
      { numRuns: 500 },
    );
  });
});

describe("calendar", () => {
  it.each(["20260101000000", "20280229235959", "20001231120000"])("has %s", (text) => {
    expect(isDateTime(text)).toBe(true);
  });

  it.each([
    "20260229000000",
    "19000229000000",
    "20260431000000",
    "20261301000000",
    "20260100000000",
    "20260101240000",
    "20260101006000",
    "2026010100000A",
    "",
  ])("has no %j", (text) => {
    expect(isDateTime(text)).toBe(false);
  });

  it("knows the leap years of the Gregorian calendar", () => {
    expect([isDate("20000229"), isDate("21000229"), isDate("20240229")]).toEqual([true, false, true]);
  });
});
