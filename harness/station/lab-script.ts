import { fileURLToPath } from "node:url";

/** Path of the compiled lab daemon: a process of its own needs JavaScript, also when tests run the source. */
export function labDaemonScript(): string {
  const folder = import.meta.url.endsWith(".ts") ? "../../.build/harness/station" : ".";
  return fileURLToPath(new URL(`${folder}/lab-daemon.js`, import.meta.url));
}
