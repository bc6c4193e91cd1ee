/** The laboratory's logo, checked before it goes into a report: everybody who opens the report opens the picture too. */
import { messageOf } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";
import { pngFlaw } from "./logo-png.ts";
import { svgFlaw } from "./logo-svg.ts";

/** Of the file. Logos are small; every report carries this one inside. */
export const MAX_LOGO_BYTES = 262_144;

export interface LogoPicture {
  readonly type: "image/png" | "image/svg+xml";
  /** Name of its copy in a run directory. */
  readonly file: "logo.png" | "logo.svg";
  readonly bytes: Uint8Array;
}

/** Reads and checks a picture; a string says what is wrong with it. */
export function readLogo(path: string): LogoPicture | string {
  let bytes: Uint8Array;
  try {
    bytes = readBoundedFile(path, MAX_LOGO_BYTES);
  } catch (thrown) {
    return `expected a picture of at most ${MAX_LOGO_BYTES} bytes (${messageOf(thrown)})`;
  }
  return checkedLogo(bytes);
}

/** The kind of picture that its first bytes say; a string says what is wrong with it. */
export function checkedLogo(bytes: Uint8Array): LogoPicture | string {
  if (bytes[0] === 0x89) {
    const flaw = pngFlaw(bytes);
    return flaw ?? { type: "image/png", file: "logo.png", bytes };
  }
  const flaw = svgFlaw(bytes);
  return flaw ?? { type: "image/svg+xml", file: "logo.svg", bytes };
}
