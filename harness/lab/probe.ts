/** Asks one pcscd for its readers and prints them as JSON. A process of its own, see `readers.ts`. */
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { messageOf } from "../core/errors.ts";
import { listReaders } from "../device/pcsc/open-reader.ts";

const [socket, patienceMs = "5000"] = process.argv.slice(2);
try {
  const names = await listReaders(deadlineIn(systemClock, Number(patienceMs)), { pcscSocket: socket });
  process.stdout.write(JSON.stringify({ names }));
} catch (thrown) {
  process.stdout.write(JSON.stringify({ error: messageOf(thrown) }));
}
