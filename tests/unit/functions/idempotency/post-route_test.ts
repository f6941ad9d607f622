/**
 * Every POST that is registered, whether it is in the description or not, is made by postRoute().
 * @module
 */
import assert from "node:assert/strict";
import { type AppInDeno, appInDeno } from "../../../support/app-in-deno.ts";

// Not printable ASCII, so that a route which looks at the header at all refuses it.
const BAD_KEY = "\u00e9";

type Operation = {
  parameters?: { name: string; in: string }[];
  responses: Record<string, unknown>;
  security?: Record<string, unknown>[];
};

const postsOf = ({ routes }: AppInDeno): string[] => [
  ...new Set(routes.filter(({ method }) => method === "POST").map(({ path }) => path)),
];

async function describedPosts(mesh: AppInDeno): Promise<Map<string, Operation>> {
  const { text } = await mesh.send({ method: "GET", path: "/openapi.json" });
  const paths = Object.entries<{ post?: Operation }>(JSON.parse(text).paths);
  const posts = paths.flatMap(([path, { post }]) => post ? [[path, post] as const] : []);
  return new Map(posts);
}

Deno.test("Every registered POST reads Idempotency-Key, and only behind its authentication", async () => {
  await using mesh = await appInDeno();
  const paths = postsOf(mesh);
  assert.ok(paths.length >= 12, `${paths.length} routes are too few to be all`);
  for (const template of paths) {
    const path = template.replaceAll(/:\w+/g, "nothing-of-that-name");
    const ask = (credential: string | null) =>
      mesh.send({
        method: "POST",
        path,
        headers: {
          "Idempotency-Key": BAD_KEY,
          ...(credential && { Authorization: `Bearer ${credential}` }),
        },
      });
    assert.equal((await ask(null)).status, 401, `${template} is open to everybody`);
    const replies = [await ask(mesh.admin), await ask(mesh.key)];
    const shown = `${template}: ${replies.map(({ status, text }) => `${status} ${text}`)}`;
    // One of the two credentials opens the route, and there the key is refused before all else.
    assert.deepEqual(replies.map(({ status }) => status).sort(), [400, 403], shown);
    assert.match(replies.find(({ status }) => status === 400)!.text, /Idempotency-Key must/, shown);
  }
});

Deno.test("Every POST in the description has the header, its problems, and a credential", async () => {
  await using mesh = await appInDeno();
  const posts = await describedPosts(mesh);
  for (const [path, { parameters = [], responses, security = [] }] of posts) {
    const header = parameters.find(({ name }) => name === "Idempotency-Key");
    assert.equal(header?.in, "header", path);
    for (const status of [400, 409, 413, 422]) {
      assert.ok(status in responses, `${path} does not say when it answers ${status}`);
    }
    assert.equal(security.length, 1, path);
  }
});

Deno.test("Every registered POST is in the description", async () => {
  await using mesh = await appInDeno();
  const described = [...(await describedPosts(mesh)).keys()].map((path) =>
    path.replaceAll(/\{(\w+)\}/g, ":$1")
  );
  assert.deepEqual(postsOf(mesh).sort(), described.sort());
});
