import { messageOf, PursebenchError } from "../../core/errors.ts";

/** What serialport said when it could not open or use `path`, with the mend. */
export function serialError(path: string, thrown: unknown): PursebenchError {
  const text = messageOf(thrown);
  if (/no such file|ENOENT|ENXIO|ENODEV|not a (tty|typewriter)|inappropriate ioctl/i.test(text)) {
    return new PursebenchError("DEVICE_ABSENT", `${path} is no serial port: ${text}`, {
      mend: "plug the adapter in, or correct the path in the bench description (`ls /dev/serial/by-id`)",
      cause: thrown,
    });
  }
  if (/cannot lock|EBUSY|busy|temporarily unavailable/i.test(text)) {
    return new PursebenchError("DEVICE_BUSY", `${path} is held by another program: ${text}`, {
      mend: `end that program (\`fuser ${path}\` names it)`,
      cause: thrown,
    });
  }
  if (/permission denied|EACCES|EPERM/i.test(text)) {
    return new PursebenchError("USAGE", `no permission to open ${path}: ${text}`, {
      mend: "add this user to the group that owns the device (on Debian `dialout`) and log in again",
      cause: thrown,
    });
  }
  return new PursebenchError("DEVICE_LOST", `${path}: ${text}`, {
    mend: "check the cable and the line settings",
    cause: thrown,
  });
}
