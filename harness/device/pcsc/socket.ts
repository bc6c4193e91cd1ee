/**
 * Which pcscd this process talks to. libpcsclite takes the path of pcscd's socket from the environment variable
 * PCSCLITE_CSOCK_NAME when it first opens a context, keeps it for the life of the process, and offers no other way.
 * So the environment is touched here and nowhere else, and a second, different socket is refused instead of being
 * silently ignored. The choice is remembered in the environment too, under our process id, because the fact to be
 * mirrored is process-wide state inside a C library.
 */
import { PursebenchError } from "../../core/errors.ts";

const LIBRARY_VARIABLE = "PCSCLITE_CSOCK_NAME";
const CHOICE_VARIABLE = "PURSEBENCH_PCSC_CHOICE";

export interface Environment {
  [name: string]: string | undefined;
}

/**
 * Binds the process to the pcscd behind `socket`; `undefined` is what the environment names, or the system's own.
 * `USAGE` when the process is bound to another one already.
 */
export function chooseSocket(socket: string | undefined, environment: Environment, processId: number): void {
  const wanted = socket ?? environment[LIBRARY_VARIABLE] ?? "the system's own";
  const choice = `${processId}:${wanted}`;
  const earlier = environment[CHOICE_VARIABLE];
  if (earlier?.startsWith(`${processId}:`) && earlier !== choice) {
    throw new PursebenchError(
      "USAGE",
      `this process already talks to pcscd at ${earlier.slice(earlier.indexOf(":") + 1)}, not at ${wanted}`,
      { mend: "name readers of one pcscd only in a bench description; run a second process for the other" },
    );
  }
  environment[CHOICE_VARIABLE] = choice;
  if (socket !== undefined) environment[LIBRARY_VARIABLE] = socket;
}
