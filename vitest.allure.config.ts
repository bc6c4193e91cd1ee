import { defineConfig, mergeConfig } from "vitest/config";
import { configFor } from "./vitest.config.ts";

/** The same tests, with results for Allure: `vitest run --config vitest.allure.config.ts --project conformance`. */
export default mergeConfig(
  configFor({ allure: true }),
  defineConfig({
    test: { reporters: ["default", ["allure-vitest/reporter", { resultsDir: "allure-results" }]] },
  }),
);
