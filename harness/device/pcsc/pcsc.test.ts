/** The parts that need no pcscd; the rest is tested on the virtual lab, `harness/lab/lab.test.ts`. */
import { describe, expect, it } from "vitest";
import { codeOf, soon } from "../card-reader.contract.ts";
import { listReaders } from "./open-reader.ts";
import { pcscError } from "./pcsc-error.ts";
import { selectReader } from "./select-reader.ts";
import { chooseSocket, type Environment } from "./socket.ts";

const NAMES = ["Gemalto PC Twin Reader 00 00", "Virtual 00 00", "Virtual 00 01", "Virtual 00 0"];

describe("choosing a reader", () => {
  it("takes the exact name, also where it is part of others", () => {
    expect(selectReader(NAMES, "Virtual 00 0")).toBe("Virtual 00 0");
  });

  it("takes a part of the name in any case when it is of one reader only", () => {
    expect(selectReader(NAMES, "pc twin")).toBe("Gemalto PC Twin Reader 00 00");
  });

  it("refuses what fits several, and lists those", () => {
    expect(() => selectReader(NAMES, "virtual")).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringMatching(/"Virtual 00 00", "Virtual 00 01"/) }),
    );
  });

  it("refuses what fits none, and lists all", () => {
    expect(() => selectReader(NAMES, "ACR")).toThrow(
      expect.objectContaining({ code: "DEVICE_ABSENT", message: expect.stringContaining("Gemalto") }),
    );
    expect(() => selectReader([], "ACR")).toThrow(
      expect.objectContaining({ code: "DEVICE_ABSENT", mend: expect.stringContaining("lab up") }),
    );
  });
});

describe("choosing a pcscd", () => {
  it("names its socket to the library, and refuses another one afterwards", () => {
    const environment: Environment = {};
    chooseSocket("/run/a", environment, 1);
    chooseSocket("/run/a", environment, 1);
    chooseSocket(undefined, environment, 1);
    expect(environment.PCSCLITE_CSOCK_NAME).toBe("/run/a");
    expect(() => chooseSocket("/run/b", environment, 1)).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(environment.PCSCLITE_CSOCK_NAME).toBe("/run/a");
  });

  it("refuses a socket once the system's pcscd is in use, because the library would not heed it", () => {
    const environment: Environment = {};
    chooseSocket(undefined, environment, 1);
    expect(environment.PCSCLITE_CSOCK_NAME).toBeUndefined();
    expect(() => chooseSocket("/run/a", environment, 1)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  it("leaves a child process its own choice", () => {
    const environment: Environment = {};
    chooseSocket("/run/a", environment, 1);
    chooseSocket("/run/b", environment, 2);
    expect(environment.PCSCLITE_CSOCK_NAME).toBe("/run/b");
  });
});

describe("return codes of PC/SC", () => {
  // codes and texts as pcsc-lite prints them (pcsclite.h)
  it.each([
    ["SCardEstablishContext error: Service not available.(0x8010001d)", "SERVICE_ABSENT", "bench"],
    ["SCardConnect error: Sharing violation.(0x8010000b)", "DEVICE_BUSY", "bench"],
    ["SCardConnect error: No smart card inserted.(0x8010000c)", "DEVICE_ABSENT", "card"],
    ["SCardTransmit error: Card was removed.(0x80100069)", "DEVICE_LOST", "card"],
    ["SCardConnect error: Card is unpowered.(0x80100067)", "DEVICE_SILENT", "card"],
    ["SCardConnect error: Card protocol mismatch.(0xffffffff8010000f)", "DEVICE_GARBLED", "card"],
    ["something new", "DEVICE_GARBLED", "reader"],
  ])("%s is %s, for the %s to mend", (text, code, owner) => {
    expect(pcscError("connecting", new Error(text))).toMatchObject({ code, owner, message: `connecting: ${text}` });
  });
});

it("tells that no pcscd runs where it was said to be", async () => {
  expect(await codeOf(listReaders(soon(), { pcscSocket: "/tmp/no-pcscd-here.comm" }))).toBe("SERVICE_ABSENT");
});
