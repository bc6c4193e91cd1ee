/** The command that runs one case of a run again, for a shell. */
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";

export function commandFor(
  { bench, command = { diagnose: true, retry: 0 }, pics, pixit }: RunIdentification,
  id: string,
): string {
  const options = [
    ["--bench", bench.file ?? bench.name],
    ["--card", command.card],
    ["--psam", command.psam],
    ["--terminal", command.terminal],
    ["--wait", command.wait],
    ["--pics", pics?.file],
    ["--pixit", pixit?.file],
    ["--case", id],
  ] as const;
  const told = options.flatMap(([name, value]) => (value === undefined ? [] : [name, quoted(value)]));
  return ["pursebench", "certify", ...told].join(" ");
}

/** As a POSIX shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
