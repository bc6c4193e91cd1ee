import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The same tests, with results for Allure: `vitest run --config vitest.allure.config.ts --project conformance`. */
export default mergeConfig(
  base,
  defineConfig({
    test: { reporters: ["default", ["allure-vitest/reporter", { resultsDir: "allure-results" }]] },
  }),
);
