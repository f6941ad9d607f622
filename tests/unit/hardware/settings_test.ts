import assert from "node:assert/strict";
import { ADMIN_KEY_PREFIX, BOARD_KEY_PREFIX, makeKey } from "../../../contract/api-key.ts";
import { readBoardSettings } from "../../../hardware/settings.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
const KEY = makeKey(random, BOARD_KEY_PREFIX);
const MESH = ["--mesh", "https://mesh.example/some/path"];
const NODE = ["--node", "G2A-017-042"];

function read(
  args: string[],
  env: Record<string, string> = {},
  files: Record<string, string> = {},
) {
  return readBoardSettings(args, (name) => env[name], (path) => {
    if (path in files) return files[path];
    throw new Error("No such file");
  });
}

Deno.test("the key comes from a file or from the environment, never from an argument", () => {
  const settings = read([...MESH, ...NODE, "--watts=7.5"], { PERIGEE_BOARD_KEY: KEY, HOME: "/h" });
  assert.deepEqual(settings, {
    mesh: "https://mesh.example",
    node: "G2A-017-042",
    key: KEY,
    cache: "/h/.cache/perigee",
    declared_w: 7.5,
  });
  const file = read([...MESH, ...NODE, "--key-file", "/k", "--cache=/c"], {}, { "/k": `${KEY}\n` });
  assert.deepEqual([file.key, file.cache, file.declared_w], [KEY, "/c", null]);
  assert.throws(() => read([...MESH, ...NODE, "--key", KEY]), /Unknown argument --key$/);
});

Deno.test("what cannot work is refused before anything is installed, and no key is in the words", () => {
  const env = { PERIGEE_BOARD_KEY: KEY };
  const admin = { PERIGEE_BOARD_KEY: makeKey(random, ADMIN_KEY_PREFIX) };
  const cases: [string[], Record<string, string>, RegExp][] = [
    [NODE, env, /--mesh/],
    [["--mesh", "ftp://mesh", ...NODE], env, /https/],
    [["--mesh", "http://mesh.example", ...NODE], env, /unless the mesh is on this machine/],
    [MESH, env, /--node/],
    [[...MESH, "--node"], env, /needs a value/],
    [[...MESH, ...NODE], {}, /key/],
    [[...MESH, ...NODE], admin, /begins with pgb_/],
    [[...MESH, ...NODE], { PERIGEE_BOARD_KEY: `${KEY.slice(0, -1)}_` }, /mistyped/],
    [[...MESH, ...NODE, "--key-file", "/none"], env, /cannot be read/],
    [[...MESH, ...NODE, "--watts", "many"], env, /--watts/],
    [[...MESH, ...NODE, "more"], env, /Unknown argument more/],
  ];
  for (const [args, given, says] of cases) {
    assert.throws(() => read(args, given), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, says, args.join(" "));
      assert.ok(!error.message.includes(KEY.slice(4, 20)), "the key is told");
      return true;
    });
  }
  assert.equal(
    read(["--mesh", "http://localhost:8787", ...NODE], env).mesh,
    "http://localhost:8787",
  );
});
