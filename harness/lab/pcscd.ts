/** A pcscd of our own, beside the system's and out of its way. */
import { spawn } from "node:child_process";
import { mkdir, open, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { PursebenchError } from "../core/errors.ts";
import { LAB_PROGRAMS } from "./packages.ts";
import type { LabPaths } from "./paths.ts";
import { adopt, type Child } from "./process/child.ts";

/** Name that the readers carry in front of their slot, and the kind of reader that the driver takes them for. */
const FRIENDLY_NAME = "Pursebench Virtual Reader";
const READER_KIND = "GemCorePOSPro";

/** User that helper programs run as when the lab is started by root: the system's pid file stays out of their reach. */
export const UNPRIVILEGED_USER = "nobody";

export function isRoot(): boolean {
  return userInfo().uid === 0;
}

/**
 * pcscd takes a listening socket as descriptor 3 and checks that LISTEN_PID is its own number (sd_listen_fds(3)).
 * So whoever makes the socket must become pcscd. Node cannot exec; every Debian has perl.
 * Arguments: path of the socket, then the command.
 */
const BECOME_PCSCD = `
  use strict; use Socket; use POSIX ();
  BEGIN { $^F = 9; }                        # descriptors up to 9 survive exec
  my ($path, @command) = @ARGV;
  umask 0177; unlink $path;
  socket(my $listener, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
  bind($listener, sockaddr_un($path)) or die "bind $path: $!";
  listen($listener, 128) or die "listen: $!";
  fileno($listener) == 3 or defined POSIX::dup2(fileno($listener), 3) or die "dup2: $!";
  umask 022;
  $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_PID} = $$;
  exec { $command[0] } @command or die "exec $command[0]: $!";
`;

/** Starts pcscd with the emulated reader at `paths.readerLine`. It accepts clients once the reader has answered. */
export async function startPcscd(paths: LabPaths): Promise<Child> {
  await prepareRunDirectory();
  await mkdir(paths.readerDefinitions, { recursive: true, mode: 0o755 });
  await writeFile(paths.readerDefinition, readerDefinition(paths.readerLine), { mode: 0o644 });
  const log = await open(paths.pcscdLog, "a", 0o600);
  try {
    const pcscd = [LAB_PROGRAMS.pcscd.path, "--foreground", "--config", paths.readerDefinitions];
    const command = [LAB_PROGRAMS.setpriv.path, ...privileges(), ...pcscd];
    const process = spawn(LAB_PROGRAMS.perl.path, ["-e", BECOME_PCSCD, paths.pcscSocket, ...command], {
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
    });
    return await adopt(process, "pcscd", `apt-get install ${LAB_PROGRAMS.pcscd.package}`);
  } finally {
    await log.close();
  }
}

/** pcscd ends at once where it can neither find nor make this directory, although it needs nothing in it here. */
const RUN_DIRECTORY = "/run/pcscd";

/** The package makes the directory at boot, where systemd runs; root may make it as well. */
async function prepareRunDirectory(): Promise<void> {
  await mkdir(RUN_DIRECTORY, { recursive: true, mode: 0o755 }).catch((thrown: unknown) => {
    throw new PursebenchError("SERVICE_ABSENT", `pcscd needs the directory ${RUN_DIRECTORY}`, {
      mend: `as root: mkdir ${RUN_DIRECTORY}`,
      cause: thrown,
    });
  });
}

/** pcscd ends with the lab, even when the lab is killed, and owns nothing. */
function privileges(): string[] {
  const ending = ["--pdeathsig", "TERM"];
  if (!isRoot()) return ending;
  return [...ending, "--reuid", UNPRIVILEGED_USER, "--regid", "nogroup", "--clear-groups"];
}

function readerDefinition(line: string): string {
  return [
    `FRIENDLYNAME "${FRIENDLY_NAME}"`,
    `DEVICENAME ${line}:${READER_KIND}`,
    `LIBPATH ${LAB_PROGRAMS.driver.path}`,
    "CHANNELID 0",
    "",
  ].join("\n");
}
