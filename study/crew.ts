/**
 * A worker of main.ts: takes one run after the other.
 * @module
 */
import { parseScenario } from "./scenario.ts";
import { runStudy } from "./run-study.ts";
import type { RunSummary } from "./run-summary.ts";

/** A run to be taken. */
export interface Order {
  text: string;
  /** The folder of the scenario's file. */
  folder: string;
  run: number;
  of: string;
  checkpoint: string;
  resume: boolean;
}

/** What a worker says. */
export type Word = { asks: number } | { summary: RunSummary } | { failure: string };

// Within a worker `self` is its own scope, which the types of a window do not know.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Order>) => Promise<void>;
  postMessage(word: Word): void;
};

scope.onmessage = async ({ data: { text, folder, ...way } }: MessageEvent<Order>) => {
  try {
    const scenario = parseScenario(text, (path) => Deno.readTextFileSync(`${folder}/${path}`));
    const each = (asks: number) => scope.postMessage({ asks });
    scope.postMessage({ summary: await runStudy(scenario, { ...way, each }) });
  } catch (error) {
    scope.postMessage({ failure: (error as Error).stack ?? String(error) });
  }
};
