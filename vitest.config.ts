import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["harness/**/*.test.ts", "suites/**/*.test.ts", "reports/**/*.test.ts"],
    exclude: ["**/node_modules/**", ".build/**", "reports/runs/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
