/**
 * Who may import whom: the rooms of DESIGN.md, section 2, as a table.
 * @module
 */
import type { Import, Offence, SourceFile } from "./source-file.ts";

interface Room {
  /** A folder, or one file; a path belongs to the longest that fits. */
  name: string;
  /** Rooms, or folders inside one. A room may always import itself. */
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

const BELOW_FUNCTIONS = ["mesh", "contract", "models", "ledger", "inference", "durable-objects"];
const WEB = ["hono", "@hono/zod-openapi", "zod", "cloudflare:workers"];

export const ROOMS: readonly Room[] = [
  room("mesh", [], []),
  room("contract", ["mesh"], ["zod", "@hono/zod-openapi"]),
  room("models", ["contract", "mesh"], []),
  room("ledger", ["mesh", "contract"], ["drizzle-orm", "@libsql/client"]),
  room("inference", ["models", "contract", "mesh"], ["onnxruntime-web"]),
  room("durable-objects", ["mesh", "contract", "ledger", "inference", "models"], [
    "cloudflare:workers",
  ]),
  room("functions", BELOW_FUNCTIONS, WEB),
  room("functions/route", [...BELOW_FUNCTIONS, "functions"], WEB),
  room("functions/infer", [...BELOW_FUNCTIONS, "functions"], WEB),
  room("functions/meter", [...BELOW_FUNCTIONS, "functions"], WEB),
  room("functions/app.ts", "anything", WEB),
  room("functions/worker.ts", "anything", WEB),
  room("console", ["contract", "mesh/orbit"], []),
  room("emulator", "anything", "anything", false),
  room("tools", "anything", "anything", false),
  room("benches", "anything", "anything", false),
  room("tests", "anything", "anything", false),
  room("drizzle.config.ts", "anything", "anything", false),
];

/** Packages that one file alone may import, on top of its room's. */
const FILE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "mesh/orbit/propagation.ts": ["satellite.js"],
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

export function roomOf(path: string): Room | undefined {
  const holds = ({ name }: Room) => path === name || path.startsWith(`${name}/`);
  return ROOMS.filter(holds).sort((a, b) => b.name.length - a.name.length).at(0);
}

export function layerOffences(file: SourceFile): Offence[] {
  const home = roomOf(file.path);
  if (!home) {
    return [{ path: file.path, line: 0, says: "is in no room: add one to tools/layers/rooms.ts" }];
  }
  const offences: Offence[] = [];
  for (const one of file.imports) {
    const what = one.target === null ? packageOf(one.specifier) : one.target;
    const allowed = one.target === null
      ? mayUsePackage(home, file.path, what)
      : mayImport(home, one.target);
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
    entry === room.name || (entry.startsWith(`${room.name}/`) && target.startsWith(`${entry}/`))
  );
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
