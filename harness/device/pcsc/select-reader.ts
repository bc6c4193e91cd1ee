import { PursebenchError } from "../../core/errors.ts";

/**
 * The one of `names` that is `wanted`, or the only one that contains it (case does not matter).
 * `DEVICE_ABSENT` when none does, `USAGE` when several do; both list the candidates.
 */
export function selectReader(names: readonly string[], wanted: string): string {
  if (names.includes(wanted)) return wanted;
  const part = wanted.toLowerCase();
  const matches = names.filter((name) => name.toLowerCase().includes(part));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  if (matches.length > 1) {
    throw new PursebenchError("USAGE", `"${wanted}" is part of several reader names: ${list(matches)}`, {
      mend: "give the full name of one of them",
    });
  }
  const found = names.length === 0 ? "pcscd knows no reader" : `pcscd knows ${list(names)}`;
  throw new PursebenchError("DEVICE_ABSENT", `no reader is called "${wanted}"; ${found}`, {
    owner: "reader",
    mend:
      names.length === 0
        ? "attach the reader, or start the virtual lab with `pursebench lab up`"
        : "use one of these names",
  });
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
