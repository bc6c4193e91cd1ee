/** Who tests: the laboratory's own file (`--lab`), from which reports take name, address, accreditation and logo. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { type LogoPicture, readLogo } from "./logo.ts";
import { addressLines, printedLine } from "./printed-line.ts";
import { readYamlFile } from "./yaml-file.ts";

export interface LoadedLaboratory {
  /** As `run.json` holds it. */
  readonly laboratory: {
    readonly name: string;
    readonly address: readonly string[];
    readonly accreditation?: string | undefined;
    readonly contact?: string | undefined;
    readonly logo?: { readonly file: string; readonly sha256: string } | undefined;
  };
  readonly logo?: LogoPicture | undefined;
  /** Absolute path of the private key that seals runs. */
  readonly signingKey?: string | undefined;
}

/** Reads a `pursebench-laboratory/1`; paths in it are relative to it. Throws `USAGE` with file and line. */
export function loadLaboratory(path: string): LoadedLaboratory {
  const folder = dirname(resolve(path));
  const { format: _, logo, signingKey, ...said } = readYamlFile(path, schemaFor(folder), "laboratory");
  return {
    laboratory: { ...said, ...(logo && { logo: { file: logo.file, sha256: digestOf(logo.bytes) } }) },
    logo,
    signingKey: signingKey === undefined ? undefined : resolve(folder, signingKey),
  };
}

/** The file that is used without `--lab`: `$XDG_CONFIG_HOME/pursebench/laboratory.yaml`, when it exists. */
export function defaultLaboratoryFile(environment: NodeJS.ProcessEnv): string | undefined {
  const said = environment.XDG_CONFIG_HOME;
  // The XDG base directory specification has relative paths ignored.
  const config = said !== undefined && isAbsolute(said) ? said : join(homedir(), ".config");
  const file = join(config, "pursebench", "laboratory.yaml");
  return existsSync(file) ? file : undefined;
}

function schemaFor(folder: string) {
  const logo = printedLine.transform((name, context): LogoPicture => {
    const picture = readLogo(resolve(folder, name));
    if (typeof picture !== "string") return picture;
    context.addIssue({ code: "custom", message: picture });
    return z.NEVER;
  });
  return z.strictObject({
    format: z.literal("pursebench-laboratory/1"),
    name: printedLine,
    address: addressLines,
    /** Body and number, as it is to be printed. */
    accreditation: printedLine.optional(),
    contact: printedLine.optional(),
    /** PNG or SVG. */
    logo: logo.optional(),
    /** Ed25519 private key, PEM. */
    signingKey: printedLine.optional(),
  });
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
