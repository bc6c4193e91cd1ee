/** The same cases as in process, unchanged, on the real stack: pcscd, serial driver, pseudo terminals, sockets. */
import { registerLabShare } from "./lab-share.ts";

registerLabShare(import.meta.url);
