/** Every message of a collection, from the terminal to the clearing system and back, and who is on its two sides. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { ServerRole } from "../../../harness/flows/system.ts";
import type { ElementName } from "../../../harness/protocol/messages/elements.ts";

export interface Hop {
  /** Of ids. */
  readonly id: string;
  readonly title: string;
  readonly link: LinkName;
  readonly from: RoleName;
  readonly message: number | string;
  /** Elements that can be altered, of the message itself or of those inside of it; none where the body is empty. */
  readonly elements: readonly ElementName[];
  /** Who takes it, and can be killed at that moment. */
  readonly to: ServerRole;
  /** It passes only while an update is under way as well. */
  readonly isOfUpdate?: true;
}

const POINT = "concentration-point";
const SERVER = "payment-server";
const CLEARING = "clearing-system";

export const HOPS: readonly Hop[] = [
  {
    id: "COLLECT",
    title: "T-collect to the terminal",
    link: "line",
    from: "concentrator",
    message: 0xb4,
    elements: ["DIGEST", "LINES"],
    to: "terminal",
  },
  {
    id: "COLLECTED",
    title: "T-collected to the payment server",
    link: "line",
    from: "terminal",
    message: 0xb5,
    elements: ["BATCHNO", "NTCOL", "DIGEST", "LINES", "S4"],
    to: SERVER,
  },
  {
    id: "BATCH-1",
    title: "batch to the concentration point",
    link: "batch",
    from: SERVER,
    message: "POST /batches",
    elements: ["IDCP", "IDACQUIRER", "BATCHNO", "NTCOL", "LINES", "MEMBERS", "S4"],
    to: POINT,
  },
  {
    id: "TAKEN",
    title: "its receipt to the payment server",
    link: "batch",
    from: POINT,
    message: "response POST /batches",
    elements: [],
    to: SERVER,
  },
  {
    id: "BATCH-2",
    title: "batch to the clearing system",
    link: "batch",
    from: POINT,
    message: "POST /batches",
    elements: ["IDCP", "IDACQUIRER", "BATCHNO", "NTCOL", "LINES", "MEMBERS", "S4"],
    to: CLEARING,
  },
  {
    id: "ANSWER",
    title: "acknowledgement to the concentration point",
    link: "batch",
    from: CLEARING,
    message: "response POST /batches",
    elements: ["IDCP", "BATCHNO", "NTCOL", "DIGEST", "S5"],
    to: POINT,
  },
  {
    id: "FETCH",
    title: "question for deliveries",
    link: "batch",
    from: SERVER,
    message: "GET /deliveries",
    elements: [],
    to: POINT,
  },
  {
    id: "DELIVERY",
    title: "acknowledgement to the payment server",
    link: "batch",
    from: POINT,
    message: "response GET /deliveries",
    elements: ["IDCP", "BATCHNO", "NTCOL", "DIGEST", "S5"],
    to: SERVER,
  },
  {
    id: "ACKNOWLEDGE",
    title: "T-acknowledge to the terminal",
    link: "line",
    from: "concentrator",
    message: 0xb6,
    elements: ["NTCOL", "S5"],
    to: "terminal",
  },
  {
    id: "RECEIPT-1",
    title: "receipt to the concentration point",
    link: "batch",
    from: SERVER,
    message: "POST /receipts",
    elements: ["IDCP", "BATCHNO", "NTCOL", "DIGEST", "S5"],
    to: POINT,
  },
  {
    id: "RECEIPT-2",
    title: "receipt of an update to the clearing system",
    link: "batch",
    from: POINT,
    message: "POST /receipts",
    elements: ["BATCHNO", "NTUPD", "CC"],
    to: CLEARING,
    isOfUpdate: true,
  },
];
