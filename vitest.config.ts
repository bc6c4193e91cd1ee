import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that stand for conformance cases: only they talk to Allure, which would note every `expect` of all others too. */
const conformance = ["suites/conformance.*.test.ts", "suites/define/vitest.test.ts"];

const common = { testTimeout: 30_000, hookTimeout: 60_000 };
const never = ["**/node_modules/**", ".build/**", "reports/runs/**"];

/** The longest files, in order: begun first, they run beside all others instead of after them. */
const longest = [
  "conformance.lab",
  "mutants/mutants",
  "conformance.inproc",
  "bad-devices",
  "tampering",
  "station-page",
  "kill",
  "no-keys",
  "examples",
  "lab/lab",
  "soak",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((part) => moduleId.includes(part));
      return place < 0 ? longest.length : place;
    };
    return [...files].sort((left, right) => rank(left) - rank(right));
  }
}

/** `allure`: whether somebody keeps what the cases tell Allure; to tell it takes as long as every fourth case. */
export function configFor({ allure }: { readonly allure: boolean }) {
  return defineConfig({
    test: {
      maxWorkers: 3, // also where two cores are all there is: the two files on the virtual lab mostly wait
      sequence: { sequencer: LongestFirst },
      globalSetup: "harness/setup/temporary.ts",
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
            setupFiles: allure ? ["allure-vitest/setup"] : [],
            provide: { allure },
          },
        },
      ],
    },
  });
}

export default configFor({ allure: false });
