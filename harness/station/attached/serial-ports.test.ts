import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AttachedPort, serialPorts, watchSerialPorts } from "./serial-ports.ts";

function devices(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "pb-dev-"));
  for (const file of files) writeFileSync(join(folder, file), "");
  return folder;
}

test("ports that come with a plug are named in order, by what they call themselves", () => {
  const folder = devices("ttyUSB10", "ttyUSB2", "ttyACM0", "ttyS0", "tty", "null");
  mkdirSync(join(folder, "serial", "by-id"), { recursive: true });
  symlinkSync("../../ttyUSB2", join(folder, "serial", "by-id", "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"));
  expect(serialPorts(folder)).toEqual([
    { path: join(folder, "ttyACM0"), name: "" },
    { path: join(folder, "ttyUSB2"), name: "FTDI FT232R USB UART A50285BI" },
    { path: join(folder, "ttyUSB10"), name: "" },
  ]);
  expect(serialPorts(join(folder, "none"))).toEqual([]);
});

test("a port that is plugged in or out is told without being asked for", async () => {
  const folder = devices("ttyUSB0");
  const told: (readonly AttachedPort[])[] = [];
  const undo = watchSerialPorts((ports) => told.push(ports), folder);
  const paths = () => told.at(-1)?.map(({ path }) => path.slice(folder.length + 1));
  expect(paths()).toEqual(["ttyUSB0"]);
  writeFileSync(join(folder, "ttyACM3"), "");
  await expect.poll(paths, { timeout: 5_000 }).toEqual(["ttyACM3", "ttyUSB0"]);
  rmSync(join(folder, "ttyUSB0"));
  await expect.poll(paths, { timeout: 5_000 }).toEqual(["ttyACM3"]);
  undo();
});
