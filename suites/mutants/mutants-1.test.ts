import { registerMutantShare } from "./mutant-share.ts";

registerMutantShare(import.meta.url);
