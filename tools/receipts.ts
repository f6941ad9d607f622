/**
 * `npx deno task receipts`: fetches from a mesh all by which its executions can be proved, into a folder.
 * @module
 */
import { parseArgs } from "node:util";
import { readMeshUrl } from "../contract/mesh-url.ts";
import { fetchExport } from "./receipts/fetch-export.ts";
import { meshReader } from "./receipts/mesh-reader.ts";

const USAGE =
  `Usage: PERIGEE_KEY=<key> npx deno task receipts --out <folder> [--mesh <url>] [--tenant <id>]

Fetches receipts, placements, prices, sky, hardware, models and elements, for npx deno task prove.
A folder that was begun is gone on with: what it has is not fetched again.

  --out <folder>  where to; it is made
  --mesh <url>    default: http://localhost:8787, where npx deno task dev serves
  --tenant <id>   whose, where the key is an admin's
  --help          show this

Environment:
  PERIGEE_KEY     a key with the scope read, or an admin's. Not an argument: every user of a machine
                  can read those`;

const OPTIONS = {
  out: { type: "string" },
  mesh: { type: "string", default: "http://localhost:8787" },
  tenant: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (!values.out) throw new RangeError("Say where to: --out <folder>");
    const key = Deno.env.get("PERIGEE_KEY")?.trim();
    if (!key) throw new RangeError("Give a key in PERIGEE_KEY");
    const mesh = readMeshUrl("--mesh", values.mesh);
    const reader = meshReader({ mesh, key, tenant: values.tenant });
    await fetchExport(reader, { folder: values.out, mesh, say: (line) => console.error(line) });
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
