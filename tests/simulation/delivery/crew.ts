/**
 * A worker of many.ts: runs the days that it is given, and reports.
 * @module
 */
import { simulateDays, type Summary } from "./days.ts";

export interface Shift {
  from: number;
  to: number;
  real_every: number;
}

// Within a worker `self` is its own scope, which the types of a window do not know.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Shift>) => Promise<void>;
  postMessage(message: { summary: Summary } | { failure: string }): void;
};

scope.onmessage = async ({ data }: MessageEvent<Shift>) => {
  try {
    scope.postMessage({ summary: await simulateDays(data) });
  } catch (error) {
    scope.postMessage({ failure: (error as Error).message });
  }
};
