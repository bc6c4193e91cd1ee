import { readdirSync, readlinkSync, watch } from "node:fs";
import { basename, join } from "node:path";

/** A serial port that something is plugged into. */
export interface AttachedPort {
  /** For `serial:PATH`. */
  readonly path: string;
  /** What the plugged device calls itself, where it does. */
  readonly name: string;
}

/** Ports that come with a plug: USB and the modems of phones and boards. Built-in `ttyS` say nothing of what is behind them. */
const PLUGGED = /^tty(USB|ACM|AMA|XRUSB)\d+$/;
/** Several files appear for one plug. */
const SETTLE_MS = 150;

/** The ports below `devices` (`/dev`), in the order of their names. */
export function serialPorts(devices = "/dev"): readonly AttachedPort[] {
  const names = namesByPort(join(devices, "serial", "by-id"));
  return list(devices)
    .filter((file) => PLUGGED.test(file))
    .sort((left, right) => left.localeCompare(right, "en", { numeric: true }))
    .map((file) => ({ path: join(devices, file), name: names.get(file) ?? "" }));
}

/** Tells the ports now and whenever one comes or goes. Returns the undo. */
export function watchSerialPorts(tell: (ports: readonly AttachedPort[]) => void, devices = "/dev"): () => void {
  let settle: NodeJS.Timeout | undefined;
  tell(serialPorts(devices));
  const watcher = watch(devices, (_, file) => {
    if (file !== null && !PLUGGED.test(file) && file !== "serial") return;
    clearTimeout(settle);
    settle = setTimeout(() => tell(serialPorts(devices)), SETTLE_MS);
  });
  watcher.on("error", () => watcher.close());
  return () => {
    clearTimeout(settle);
    watcher.close();
  };
}

/** udev names links by what is plugged in: "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0". */
function namesByPort(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of list(folder)) {
    try {
      const words = name.replace(/^usb-/, "").replace(/(-if\d+)?(-port\d+)?$/, "");
      found.set(basename(readlinkSync(join(folder, name))), words.replaceAll("_", " "));
    } catch {
      // Unplugged in between, or not ours to read: the path says enough.
    }
  }
  return found;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no such folder where nothing is plugged in
  }
}
