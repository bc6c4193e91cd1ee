/** The conformance report of one item as content, in the clauses of ISO/IEC 9646-5, from the evidence alone. */
import type { Basis } from "../record/basis.ts";
import type { RunRecord } from "../record/run-record.ts";
import { matricesAnnex, requirementsAnnex, sequencesAnnex } from "./annexes.ts";
import type { ReportDocument } from "./blocks.ts";
import { campaignSection } from "./campaign-section.ts";
import { identificationSection } from "./identification-section.ts";
import { itemText, reportNumber } from "./identity.ts";
import { observationsSection } from "./observations-section.ts";
import { observedCases } from "./observed.ts";
import { staticReviewSection, staticSummarySection } from "./static-sections.ts";
import { dynamicSummarySection, statusSection } from "./status-sections.ts";
import { summarySection } from "./summary.ts";
import { timesAnnex } from "./times-annex.ts";

export function reportDocument(run: RunRecord, basis: Basis): ReportDocument {
  const observed = observedCases(run.cases);
  const requirements = new Map(basis.requirements.map((one) => [one.id, one]));
  const { laboratory } = run.about;
  return {
    title: "Protocol conformance test report",
    subject: itemText(run),
    number: reportNumber(run),
    dated: run.ended,
    laboratory: laboratory && {
      name: laboratory.name,
      lines: [...laboratory.address, laboratory.accreditation, laboratory.contact].filter((line) => line !== undefined),
      logo: run.logo,
    },
    summary: summarySection(run, observed),
    sections: [
      identificationSection(run),
      statusSection(run),
      staticSummarySection(run),
      dynamicSummarySection(run),
      staticReviewSection(run),
      campaignSection(run, observed),
      observationsSection(run, observed, requirements),
      requirementsAnnex(run, basis),
      matricesAnnex(run),
      timesAnnex(run),
      sequencesAnnex(run),
    ],
    properties: [
      ["run", run.run],
      ["verdict", run.verdict],
      ["tool", run.tool],
    ],
  };
}
