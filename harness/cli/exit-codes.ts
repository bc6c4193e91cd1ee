/** Design, section 6. */
export const EXIT = { passed: 0, failed: 1, unclear: 2, usage: 64, interrupted: 130 } as const;
