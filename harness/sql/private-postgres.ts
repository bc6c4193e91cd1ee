import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PursebenchError } from "../core/errors.ts";

/** A PostgreSQL server of our own for a test: its own folder, a unix socket in it, no network port. */
export interface PrivatePostgres extends AsyncDisposable {
  /** URL of a database of that name, which exists after `createDatabase(name)`. */
  url(name: string): string;
  createDatabase(name: string): void;
}

/** Starts one. `SERVICE_ABSENT` with what to install when the server's programs are not there. */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const programs = findPrograms();
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), "pursebench-postgres-"));
  if (account) chownSync(folder, account.uid, account.gid);
  const cluster = join(folder, "cluster");
  const initialise = ["-D", cluster, "-U", "purse", "--auth=trust", "--encoding=UTF8", "--no-sync"];
  runToEnd(asAccount([join(programs, "initdb"), ...initialise], account));
  const options = ["-D", cluster, "-k", folder, "-c", "listen_addresses="];
  const server = await startServer(asAccount([join(programs, "postgres"), ...options], account));
  return {
    url: (name) => `postgres://purse@localhost/${name}?host=${encodeURIComponent(folder)}`,
    createDatabase: (name) => runToEnd([join(programs, "createdb"), "-h", folder, "-U", "purse", name]),
    async [Symbol.asyncDispose](): Promise<void> {
      await stopServer(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The server refuses to run as root; then it runs as the account that Debian's package made for it. */
function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => {
    const found = spawnSync("id", [flag, "postgres"], { encoding: "utf8" });
    return found.status === 0 ? Number(found.stdout.trim()) : 65_534; // nobody, nogroup
  };
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function asAccount(command: readonly string[], account: Account | undefined): readonly string[] {
  if (!account) return command;
  return ["setpriv", `--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups", "--", ...command];
}

function findPrograms(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const folder = join(root, version, "bin");
    if (["initdb", "postgres", "createdb"].every((name) => existsSync(join(folder, name)))) return folder;
  }
  throw new PursebenchError("SERVICE_ABSENT", `no PostgreSQL server programs below ${root}`, {
    mend: "apt-get install postgresql (Debian 12 has version 15); the test of the second engine needs a real server",
  });
}

function runToEnd([program = "", ...words]: readonly string[]): void {
  const done = spawnSync(program, words, { encoding: "utf8", cwd: "/" });
  if (done.status === 0) return;
  const said = done.error?.message ?? done.stderr.trim();
  throw new PursebenchError("SERVICE_ABSENT", `${program} ${words.join(" ")} failed: ${said}`);
}

/** Resolves when the server says that it accepts connections. */
function startServer([program = "", ...words]: readonly string[]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const server = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
    let said = "";
    server.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
      if (said.includes("ready to accept connections")) resolve(server);
    });
    server.once("error", reject);
    server.once("exit", () => reject(new PursebenchError("SERVICE_ABSENT", `postgres did not start: ${said}`)));
  });
}

/** Fast shutdown, and waits for the end of that one process. */
function stopServer(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once("exit", () => resolve());
    server.kill("SIGINT");
  });
}
