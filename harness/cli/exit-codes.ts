/** Design, section 6. */
export const EXIT = { passed: 0, failed: 1, unclear: 2, usage: 64, interrupted: 130 } as const;

/** The codes of a run in words, as help texts have them. */
export const RUN_EXIT_CODES = `Exit codes: 0 every selected case passed, 1 a case failed, 2 none failed but some were inconclusive or ended in an error,
64 the command line or a bench, PICS or PIXIT file is wrong, 130 interrupted.`;
