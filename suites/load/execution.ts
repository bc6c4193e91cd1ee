/** The second half of a load: load server and HSM, the card, the confirmation (879 to 899, 1079 to 1099). */
import type { Case } from "../define/case.ts";
import { cases as loadCommand } from "./879-880-load-command.suite.ts";
import { cases as card } from "./881-882-card.suite.ts";
import { cases as response } from "./884-886-response.suite.ts";
import { cases as result } from "./887-890-result.suite.ts";
import { cases as request } from "./895-899-request.suite.ts";
import { cases as hsm } from "./898-hsm.suite.ts";
import { cases as cardEdge } from "./card-edge.suite.ts";
import { cases as cardState } from "./card-state.suite.ts";
import { cases as cardStatus } from "./card-status.suite.ts";
import { cases as hsmEdge } from "./hsm-edge.suite.ts";

import { cases as loadServer } from "./load-server.suite.ts";

export const cases: readonly Case[] = [
  ...loadCommand,
  ...card,
  ...response,
  ...result,
  ...request,
  ...hsm,
  ...cardEdge,
  ...cardState,
  ...cardStatus,
  ...hsmEdge,
  ...loadServer,
];
