/** The messages are those of serialport's bindings; opening real lines is tested on the lab, `harness/lab/lab.test.ts`. */
import { expect, it } from "vitest";
import { codeOf, soon } from "../card-reader.contract.ts";
import { openSerial } from "./open-serial.ts";
import { serialError } from "./serial-error.ts";

it.each([
  ["Error: No such file or directory, cannot open /dev/ttyUSB0", "DEVICE_ABSENT", "plug"],
  ["Error Resource temporarily unavailable Cannot lock port", "DEVICE_BUSY", "fuser"],
  ["Error: Permission denied, cannot open /dev/ttyUSB0", "USAGE", "dialout"],
  ["Error: Input/output error, cannot set", "DEVICE_LOST", "cable"],
])("%s is %s, with the mend", (text, code, mend) => {
  expect(serialError("/dev/ttyUSB0", new Error(text))).toMatchObject({ code, mend: expect.stringContaining(mend) });
});

it("tells that a file is no serial port", async () => {
  const settings = { baudRate: 9600, dataBits: 8, parity: "even", stopBits: 1 } as const;
  expect(await codeOf(openSerial({ path: "/etc/hostname", ...settings }, soon()))).toBe("DEVICE_ABSENT");
});
