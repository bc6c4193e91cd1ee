import type { LinkName, RoleName } from "../core/trace.ts";

/** The two parties of a link, as the decorators at the connecting end see them. */
export interface Ends {
  readonly link: LinkName;
  /** The party on this side: the one that connects or asks. */
  readonly near: RoleName;
  readonly far: RoleName;
}
