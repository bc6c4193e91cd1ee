import "allure-vitest/setup"; // that Allure is told is tried here, whoever keeps it
import { afterAll, expect } from "vitest";
import { FakeStation } from "./testing/fake-station.ts";
import { passing, sampleCase } from "./testing/sample-cases.ts";
import { registerCases } from "./vitest.ts";

const ran: string[] = [];
const stations: FakeStation[] = [];

registerCases({
  title: "cases registered as tests",
  cases: [
    passing,
    sampleCase("PAY-X-1", {
      run: async ({ expect: judge }) => judge.equal("cases that ran", ran.push("PAY-X-1"), 1),
    }),
    sampleCase("PAY-X-2", { needs: { cards: ["expired"] }, run: async () => void ran.push("PAY-X-2") }),
  ],
  openStation: async (record) => {
    const station = new FakeStation(record);
    stations.push(station);
    return station;
  },
  describe: () => ({ ATR: "3B00" }),
  allure: true,
});

afterAll(() => {
  expect(ran).toEqual(["PAY-X-1"]);
  expect(stations.map(({ disposed, released }) => ({ disposed, released: released.length }))).toEqual([
    { disposed: 1, released: 2 },
  ]);
});
