/** The one place that imports serialport. */
import type { SerialPort } from "serialport";
import { type Deadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { ByteStream } from "../contracts.ts";
import { serialError } from "./serial-error.ts";
import { SerialStream } from "./serial-stream.ts";

export interface SerialSettings {
  /** Device file, e.g. "/dev/ttyUSB0", or a pseudo terminal. */
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

/**
 * Opens a serial line for this process alone. `DEVICE_ABSENT` no such file; `DEVICE_BUSY` held by another program;
 * `USAGE` no permission, or settings that the line does not know.
 */
export function openSerial(settings: SerialSettings, deadline: Deadline): Promise<ByteStream> {
  return openSerialStream(settings, deadline);
}

/** As `openSerial`, for those that need the modem lines too. */
export async function openSerialStream(settings: SerialSettings, deadline: Deadline): Promise<SerialStream> {
  const port = await makePort(settings);
  const name = describeLine(settings);
  const opened = new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  try {
    await within(deadline, opened, { what: `opening ${name}`, owner: "terminal" });
    return new SerialStream(port, name, deadline.clock);
  } catch (thrown) {
    // past the deadline it may still open: it is nobody's then
    opened.then(
      () => port.close(),
      () => undefined,
    );
    throw thrown instanceof PursebenchError ? thrown : serialError(settings.path, thrown);
  }
}

/** "/dev/ttyUSB0 at 9600 8E1". */
function describeLine({ path, baudRate, dataBits, parity, stopBits }: SerialSettings): string {
  return `${path} at ${baudRate} ${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`;
}

async function makePort(settings: SerialSettings): Promise<SerialPort> {
  let library: typeof import("serialport");
  try {
    library = await import("serialport");
  } catch (thrown) {
    throw new PursebenchError("SERVICE_ABSENT", "the native part of serialport cannot be loaded", {
      mend: "run `npm rebuild @serialport/bindings-cpp`",
      cause: thrown,
    });
  }
  return new library.SerialPort({ ...settings, autoOpen: false, lock: true });
}
