/** The station page over the real devices. */

import { loadLaboratory } from "../bench/laboratory.ts";
import { loadBench } from "../bench/load.ts";
import { runsInProcess } from "../page/run/run-process.ts";
import { openStationPage } from "../page/server/open-page.ts";
import { watchAttached } from "../station/attached/index.ts";
import type { House, Serving } from "./ports.ts";

type Options = Parameters<House["serveStation"]>[0];

/** What is wrong with the options is told before anything is opened. */
export async function serveStation({ startScript, ...options }: Options, house: House): Promise<Serving> {
  if (options.bench !== undefined) loadBench(options.bench);
  if (options.lab !== undefined) loadLaboratory(options.lab);
  const page = await openStationPage({
    ...options,
    folder: process.cwd(),
    house,
    start: runsInProcess(startScript),
    watchDevices: watchAttached,
  });
  const { url, token } = page;
  const entrance =
    token === undefined
      ? ""
      : `\nToken: ${token}\nThe same in one: ${url}#token=${token}\nThis is plain HTTP: keep it inside of the lab.`;
  return {
    description: `The station page is at ${url}${entrance}`,
    [Symbol.asyncDispose]: () => page[Symbol.asyncDispose](),
  };
}
