import { defineConfig } from "vitest/config";

/** Tests that stand for conformance cases: only they talk to Allure, which would note every `expect` of all others too. */
const conformance = ["suites/conformance.*.test.ts", "suites/define/vitest.test.ts"];

const common = { testTimeout: 30_000, hookTimeout: 60_000 };
const never = ["**/node_modules/**", ".build/**", "reports/runs/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: "house",
          include: ["harness/**/*.test.ts", "suites/**/*.test.ts", "reports/**/*.test.ts"],
          exclude: [...never, ...conformance],
        },
      },
      {
        test: {
          ...common,
          name: "conformance",
          include: conformance,
          exclude: never,
          setupFiles: ["allure-vitest/setup"],
        },
      },
    ],
  },
});
