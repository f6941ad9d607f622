import assert from "node:assert/strict";
import {
  ADMIN_KEY_PREFIX,
  BOARD_KEY_PREFIX,
  type KeyPrefix,
  makeKey,
} from "../../../contract/api-key.ts";
import { readMcpSettings } from "../../../mcp/settings.ts";

const keyOf = (prefix?: KeyPrefix) => makeKey((bytes) => crypto.getRandomValues(bytes), prefix);
const KEY = keyOf();

const read = (args: string[], key: string | undefined = KEY) =>
  readMcpSettings(args, (name) => name === "PERIGEE_KEY" ? key : undefined);

Deno.test("the key comes from the environment, and the mesh is the local one unless named", () => {
  assert.deepEqual(read([]), { mesh: "http://localhost:8787", key: KEY });
  assert.deepEqual(read(["--mesh", "https://mesh.example/v1"], `${KEY}\n`), {
    mesh: "https://mesh.example",
    key: KEY,
  });
  // What who runs a mesh on this machine gave it in PERIGEE_DEV_KEY.
  const own = "a-development-key-of-my-own-making";
  assert.equal(read(["--mesh=http://127.0.0.1:1"], own).key, own);
});

Deno.test("what cannot work is refused, and nothing that was typed is repeated", () => {
  const cases: [string[], string | undefined, RegExp][] = [
    [["--mesh", "http://mesh.example"], KEY, /unless the mesh is on this machine/],
    [["--mesh", "mesh.example"], KEY, /https/],
    [["--mesh"], KEY, /Only --mesh <url>/],
    [["--key", KEY], KEY, /Only --mesh <url>/],
    [[`--key=${KEY}`], KEY, /Only --mesh <url>/],
    [[KEY], KEY, /Only --mesh <url>/],
    [[], "", /Give a tenant's key/],
    [[], `${KEY}\u00e9`, /mistyped/],
    [[], KEY.slice(0, -1) + (KEY.endsWith("0") ? "1" : "0"), /mistyped/],
    [[], keyOf(ADMIN_KEY_PREFIX), /must be a tenant's key/],
    [[], keyOf(BOARD_KEY_PREFIX), /must be a tenant's key/],
  ];
  for (const [args, key, says] of cases) {
    assert.throws(() => readMcpSettings(args, () => key), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, says);
      assert.ok(!error.message.includes(KEY.slice(4, 20)), "the key is told");
      return true;
    });
  }
});
