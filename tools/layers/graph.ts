/**
 * The graph of imports: no cycles, and no file that nothing reaches.
 * @module
 */
import { roomOf } from "./rooms.ts";
import type { Import, Offence, SourceFile } from "./source-file.ts";

type Graph = ReadonlyMap<string, readonly string[]>;

function graphOf(files: readonly SourceFile[], kinds: readonly Import["kind"][]): Graph {
  const known = new Set(files.map((file) => file.path));
  return new Map(files.map((file) => [
    file.path,
    file.imports.filter((one) => kinds.includes(one.kind))
      .map((one) => one.target ?? "").filter((target) => known.has(target)),
  ]));
}

/**
 * One offence for each ring of files. Types count: they are gone when the files run, but a reader
 * who follows them goes in the same circle.
 */
export function cycleOffences(files: readonly SourceFile[]): Offence[] {
  const graph = graphOf(files, ["import", "type"]);
  const told = new Set<string>();
  const offences: Offence[] = [];
  for (const path of [...graph.keys()].sort()) {
    if (told.has(path)) continue;
    const cycle = shortestWayBack(graph, path);
    if (!cycle) continue;
    for (const member of cycle) told.add(member);
    offences.push({ path, line: 0, says: `imports itself: ${cycle.join(" -> ")}` });
  }
  return offences;
}

function shortestWayBack(graph: Graph, start: string): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const next of graph.get(path) ?? []) {
      if (next === start) {
        const way = [start];
        for (let p = path; p !== start; p = cameFrom.get(p)!) way.unshift(p);
        return [start, ...way];
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return null;
}

/** Files that no entry reaches, and files of shipping rooms that only tests reach. */
export function deadOffences(files: readonly SourceFile[], scripts: readonly string[]): Offence[] {
  const graph = graphOf(files, ["import", "type", "url"]);
  const paths = [...graph.keys()];
  const tests = paths.filter((path) => /^tests\/.*_test\.tsx?$/.test(path));
  const others = paths.filter((path) => scripts.includes(path) || isEntry(path));
  const shipped = reach(graph, others);
  const reached = reach(graph, [...others, ...tests]);
  const offences: Offence[] = [];
  for (const path of paths) {
    if (!reached.has(path)) {
      offences.push({ path, line: 0, says: "is dead: no entry reaches it" });
    } else if (!shipped.has(path) && roomOf(path)?.ships) {
      offences.push({ path, line: 0, says: "is dead: only tests reach it" });
    }
  }
  return offences;
}

const ENTRIES = [
  "functions/worker.ts",
  "emulator/main.ts",
  "models/build.ts",
  "drizzle.config.ts",
  // What programs outside import.
  "contract/client.ts",
  // What browsers load.
  "console/main.tsx",
];

const isEntry = (path: string): boolean =>
  ENTRIES.includes(path) || /^(?:benches|tools|examples|docs\/tutorials)\/[^/]+\.ts$/.test(path);

function reach(graph: Graph, entries: readonly string[]): Set<string> {
  const seen = new Set(entries);
  for (const path of seen) for (const next of graph.get(path) ?? []) seen.add(next);
  return seen;
}
