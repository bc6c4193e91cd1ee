/** The composition root: the only place that picks real or virtual. */
import { unreachable } from "../core/errors.ts";
import type { OpenStation } from "../flows/station.ts";
import { openInproc } from "./inproc.ts";
import type { OpenOptions } from "./open-options.ts";
import { replacementsOf } from "./replacements.ts";

export type { OpenOptions } from "./open-options.ts";

export const openStation: OpenStation<OpenOptions> = async (options, record) => {
  const station = await openBench(options, record);
  const replacements = replacementsOf(options).map(({ devices, by, options: replaced }) => ({
    devices,
    by,
    open: (listener: typeof record) => openStation(replaced, listener),
  }));
  return { ...station, replacements };
};

const openBench: OpenStation<OpenOptions> = async (options, record) => {
  const { kind } = options.bench;
  switch (kind) {
    case "inproc":
      return await openInproc(options, record);
    case "virtual-lab":
    case "lab": {
      const { openLab } = await import("./lab.ts"); // native modules only where they are needed
      return await openLab(options, record);
    }
    default:
      return unreachable(kind);
  }
};
