import type { Deadline } from "../../core/deadline.ts";
import { openModemSocket } from "./modem-socket.ts";
import { openSerialStream } from "./open-serial.ts";
import { PhoenixPort, type PresenceLine } from "./phoenix-port.ts";
import type { SerialCardPort } from "./serial-card-port.ts";

export interface PhoenixSettings {
  /** Device file of the port, e.g. "/dev/ttyUSB0", or a pseudo terminal with its modem lines on a socket beside it. */
  readonly path: string;
  /** bit/s; 9600 when absent, which is right at 3.58 MHz; at 6 MHz it is 16129. */
  readonly baudRate?: number;
  /** The line that tells of a card; absent: none does. */
  readonly presence?: PresenceLine;
  /** DTR feeds the card, so that a cold reset takes its power away; yes when absent, which does no harm where DTR is not wired. */
  readonly power?: boolean;
  /** The interface lets the card go when RTS is asserted. Phoenix and Smartmouse hold it in reset then. */
  readonly invertsReset?: boolean;
}

/** On a socket beside a pseudo terminal. */
const SOCKET_PRESENCE: PresenceLine = "cts";

/**
 * Opens a port with a Phoenix or Smartmouse interface, 8E2 (8O2 for cards of inverse convention), and holds the card in reset. Errors as
 * those of `openSerial`; `SERVICE_ABSENT` when nobody serves the modem lines of a pseudo terminal.
 */
export async function openPhoenix(settings: PhoenixSettings, deadline: Deadline): Promise<SerialCardPort> {
  const { path, baudRate = 9600, power = true, invertsReset = false } = settings;
  const socket = await openModemSocket(path, deadline);
  const open = async (parity: "even" | "odd") => {
    const stream = await openSerialStream({ path, baudRate, dataBits: 8, parity, stopBits: 2 }, deadline);
    return { stream, lines: socket ?? stream.lines };
  };
  const wiring = { presence: settings.presence ?? (socket && SOCKET_PRESENCE), power, invertsReset };
  try {
    const port = await PhoenixPort.start(open, wiring, deadline.clock);
    void port.closed.then(() => socket?.[Symbol.asyncDispose]());
    return port;
  } catch (thrown) {
    await socket?.[Symbol.asyncDispose]();
    throw thrown;
  }
}
