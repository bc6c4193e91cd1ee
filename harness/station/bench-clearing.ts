/** Clearing as a case sees it, over the servers of one system. */
import type { Deadline } from "../core/deadline.ts";
import type { BatchRow, ClearingFlows, PsamUpdate, SettlementReport } from "../flows/clearing.ts";
import type { PaymentServerName } from "../flows/system.ts";
import type { Servers } from "./servers.ts";

export class BenchClearing implements ClearingFlows {
  readonly #servers: Servers;
  readonly #deadline: () => Deadline;

  constructor(servers: Servers, deadline: () => Deadline) {
    this.#servers = servers;
    this.#deadline = deadline;
  }

  collect(server: PaymentServerName = "payment-server"): Promise<void> {
    return this.#servers.service(server).collect();
  }

  collectAtIntervals(intervalMs: number, rounds: number, server: PaymentServerName = "payment-server"): Promise<void> {
    return this.#servers.service(server).collectAtIntervals(intervalMs, rounds);
  }

  forward(): Promise<void> {
    return this.#servers.clearing.forward();
  }

  fetchDeliveries(server: PaymentServerName = "payment-server"): Promise<void> {
    return this.#servers.service(server).fetchDeliveries();
  }

  settle(): Promise<SettlementReport> {
    return this.#servers.clearing.settle();
  }

  issueUpdate(update: PsamUpdate): Promise<void> {
    return this.#servers.clearing.issueUpdate(update);
  }

  async batches(at: Parameters<ClearingFlows["batches"]>[0]): Promise<readonly BatchRow[]> {
    if (at === "concentration-point" || at === "clearing-system") return await this.#servers.clearing.batches(at);
    return (await this.#servers.service(at).database.batches.batches()).map((row) => ({ ...row, sender: at }));
  }

  async http(
    to: "concentration-point" | "clearing-system",
    { method, path, body = "" }: { method: "GET" | "POST"; path: string; body?: string },
  ): Promise<{ status: number; body: string }> {
    const headers: Record<string, string> = method === "POST" ? { "content-type": "text/plain" } : {};
    return await this.#servers.clearing.http(to, { method, path, headers, body }, this.#deadline());
  }
}
