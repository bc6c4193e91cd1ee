import { open, readFile, rm } from "node:fs/promises";
import { identify, isAlive, processIdentity } from "../core/process-identity.ts";

/**
 * Takes the lock at `path`, a file that names its holder, or gives undefined while another living process has it. A lock
 * whose holder died is taken over.
 */
export async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  if (await create(path)) return held(path);
  if (!(await isStale(path))) return undefined;
  await rm(path, { force: true });
  return (await create(path)) ? held(path) : undefined;
}

function held(path: string): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(JSON.stringify(identify(process.pid)));
    await file.close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  }
}

async function isStale(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  if (text === "") return false; // gone meanwhile, or its holder is about to write
  const holder = processIdentity.safeParse(JSON.parse(text));
  return !holder.success || !isAlive(holder.data);
}
