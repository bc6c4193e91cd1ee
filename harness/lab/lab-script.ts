import { fileURLToPath } from "node:url";

/** Path of the compiled script `name` of this folder: a process of its own needs JavaScript, also when tests run the source. */
export function labScript(name: "daemon" | "probe"): string {
  const folder = import.meta.url.endsWith(".ts") ? "../../.build/harness/lab" : ".";
  return fileURLToPath(new URL(`${folder}/${name}.js`, import.meta.url));
}
