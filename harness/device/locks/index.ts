/** Locks of devices across processes: who has a reader, a line or a port just now. */
export { defaultLockFolder, LOCKS_VARIABLE, openLockFolder } from "./folder.ts";
export { EXPIRY_MS, type LockHolder, newHolder } from "./lock.ts";
export { lockNames, specsOf } from "./names.ts";
export { type DeviceLocks, type LockOptions, TOKEN_VARIABLE, takeDeviceLocks, withDeviceLocks } from "./with-locks.ts";
