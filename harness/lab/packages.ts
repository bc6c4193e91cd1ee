import { access, constants } from "node:fs/promises";
import { PursebenchError } from "../core/errors.ts";

/** Programs and drivers that the lab runs on, and where Debian and Ubuntu put them. */
export const LAB_PROGRAMS = {
  pcscd: { path: "/usr/sbin/pcscd", package: "pcscd" },
  driver: { path: "/usr/lib/pcsc/drivers/serial/libccidtwin.so", package: "libccid" },
  socat: { path: "/usr/bin/socat", package: "socat" },
  perl: { path: "/usr/bin/perl", package: "perl-base" },
  setpriv: { path: "/usr/bin/setpriv", package: "util-linux" },
} as const;

/** `SERVICE_ABSENT` that names every missing package at once. */
export async function assertPackages(isThere: (path: string) => Promise<boolean> = isReadable): Promise<void> {
  const missing: string[] = [];
  for (const part of Object.values(LAB_PROGRAMS)) if (!(await isThere(part.path))) missing.push(part.package);
  if (missing.length === 0) return;
  throw new PursebenchError(
    "SERVICE_ABSENT",
    `the virtual lab needs packages that are not installed: ${missing.join(", ")}`,
    {
      mend: `apt-get install ${missing.join(" ")}`,
    },
  );
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
