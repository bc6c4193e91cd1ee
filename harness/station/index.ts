/** The composition root: the only place that picks real or virtual. */
import type { OpenStation } from "../flows/station.ts";
import { openInproc } from "./inproc.ts";
import type { OpenOptions } from "./open-options.ts";

export type { OpenOptions } from "./open-options.ts";

export const openStation: OpenStation<OpenOptions> = async (options, record) => {
  return await openInproc(options, record);
};
