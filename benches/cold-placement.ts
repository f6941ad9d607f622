/**
 * The first placement of an isolate among 998,400 nodes: run as a Worker, which is an isolate of its own,
 * in which nothing has run and nothing has been fetched. Its modules are loaded before, as workerd loads
 * them when it starts an isolate.
 * @module
 */
import { DATA_CENTRE } from "../mesh/orbit/filed.ts";
import { Placer } from "../mesh/placement/place.ts";
import { askOf, randomOrigins, skyOf } from "./field.ts";

const ISOLATES = 5;

/** Microseconds of the first placement, the median of some isolates. */
export async function firstPlacementUs(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ISOLATES; i++) {
    const isolate = new Worker(import.meta.url, { type: "module" });
    times.push(
      await new Promise<number>((done, fail) => {
        isolate.onmessage = ({ data }) => done(data);
        isolate.onerror = fail;
        isolate.postMessage(i);
      }),
    );
    isolate.terminate();
  }
  return times.sort((a, b) => a - b)[ISOLATES >> 1];
}

const inWorker = "WorkerGlobalScope" in globalThis;
if (inWorker) {
  const scope = globalThis as unknown as {
    onmessage: (event: { data: number }) => void;
    postMessage(us: number): void;
  };
  scope.onmessage = ({ data }) => {
    const ask = askOf(randomOrigins(2 + data, 1)[0]);
    const from = performance.now();
    new Placer().rank(ask, skyOf(DATA_CENTRE));
    scope.postMessage((performance.now() - from) * 1e3);
  };
}
