/**
 * `deno task proofs`: has a mesh run ten thousand mixed asks, exports them, and proves every one.
 * @module
 */
import { parseArgs } from "node:util";
import { startMesh } from "../../support/mesh.ts";
import { runMixedAsks } from "../../support/mixed-asks.ts";
import { exported, proved } from "../../support/proved.ts";

const { values } = parseArgs({
  options: {
    asks: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
  },
});

await using mesh = await startMesh();
const key = await mesh.tenant("proofs");
const folder = values.out ?? await Deno.makeTempDir({ prefix: "perigee-proofs-" });
const began = performance.now();
const took = () => `${((performance.now() - began) / 1e3).toFixed(1)} s`;
const ids = await runMixedAsks(mesh, {
  count: Number(values.asks),
  seed: Number(values.seed),
  key,
  say: (ran) => console.error(`${ran} asks, ${took()}`),
});
console.error(`${ids.length} asks have run, ${took()}`);
await exported(mesh, { folder, key, receipts: ids.length });
console.error(`exported to ${folder}, ${took()}`);
const proving = performance.now();
const { code, text } = await proved(folder);
console.log(text);
console.log(`Proved in ${((performance.now() - proving) / 1e3).toFixed(1)} s.`);
Deno.exitCode = code;
