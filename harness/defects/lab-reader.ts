/** What the emulated reader of the virtual lab does wrong at the level of CCID (`core/reader-defect.ts`). */
import { PursebenchError } from "../core/errors.ts";
import { readerDefect } from "../core/reader-defect.ts";
import { type Behaviour, textOf } from "./behaviour.ts";

/** `defect`: one of `readerDefect` by name, beside its parameters. */
const labReader: Behaviour = ({ defect, ...parameters }) => {
  const parsed = readerDefect.safeParse({ ...parameters, name: textOf({ defect }, "defect") });
  if (parsed.success) return { labReader: parsed.data };
  throw new PursebenchError(
    "USAGE",
    `the emulated reader cannot be wrong like that: ${parsed.error.issues[0]?.message}`,
  );
};

export const LAB_READER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = { "lab-reader": labReader };
