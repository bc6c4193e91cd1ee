import { timingSafeEqual } from "node:crypto";

/** Compares secrets in a time that depends on their length alone. Different lengths are different. */
export function constantTimeEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
