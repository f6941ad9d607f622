/**
 * Every route that takes anything, as /openapi.json lists them, with hostile paths, queries, headers and
 * bodies: each is answered with a problem that clients can read, never a fault of ours, and what is
 * refused leaves no row.
 * @module
 */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { appInDeno, type Heard, type Sent } from "../support/app-in-deno.ts";
import {
  ENGINES,
  hostileRequest,
  type Operation,
  operationsOf,
  seedOf,
} from "./hostile-request.ts";

// Of each schema, of a body, a query or a part of a path: routes that take the same share them, and each gets
// some.
const EACH = 10_000;
const EACH_LEAST = 1_000;
// A file is hashed, inspected and kept: each costs as much as many other requests.
const UPLOADS = 1_000;

const app = await appInDeno({ PERIGEE_ENGINES: ENGINES });
const { text: openApi } = await app.send({ method: "GET", path: "/openapi.json" });

const operations = operationsOf(openApi);
const schemas = operations.flatMap(({ schemas }) => schemas);
/** So that each of its schemas gets EACH, on all routes that take it. */
const shareOf = (operation: Operation): number =>
  Math.max(
    EACH_LEAST,
    ...operation.schemas.map((schema) =>
      Math.ceil(EACH / schemas.filter((one) => one === schema).length)
    ),
  );

for (const operation of operations) {
  const { method, template } = operation;
  const isUpload = method === "PUT" && template === "/v1/models/{name}";
  const each = isUpload ? UPLOADS : shareOf(operation);
  Deno.test(`${method} ${template} answers ${each} hostile requests with problems, and stores nothing`, async () => {
    const random = seeded(seedOf(operation));
    const before = await app.rows();
    const seen = { refused: 0, reached: 0, taken: 0, made: 0 };
    for (let i = 0; i < each; i++) {
      const sent = hostileRequest(random, operation, app);
      const heard = await quietly(() => app.send(sent));
      check(sent, heard, i);
      if (heard.status >= 400 && heard.status < 500) seen.refused++;
      if (heard.reached) seen.reached++;
      if (heard.status < 300) seen.taken++;
      if (heard.status === 201) seen.made++;
    }
    // It must have been hostile, or nothing was tried.
    assert.ok(seen.refused + seen.reached > each / 5, JSON.stringify(seen));
    const after = await app.rows();
    // A file and its skeleton for each version, and no more.
    assert.equal(app.files(), 2 * after.models);
    const stored = Object.keys(after).reduce((sum, name) => sum + after[name] - before[name], 0);
    assert.equal(stored, seen.made, `${JSON.stringify(seen)}: ${JSON.stringify(after)}`);
    assert.equal(after.receipts + after.placements, 0);
  });
}

Deno.test.afterAll(async () => await app[Symbol.asyncDispose]());

function check(sent: Sent, { status, type, text }: Heard, i: number): void {
  // The objects are away here, which is said as such.
  const isRight = status < 400 || ((status < 500 || status === 503) && tellsWhy());
  // What is shown is made only where it is: it costs as much as the request.
  if (!isRight) assert.fail(`request ${i}, ${status} ${text}: ${JSON.stringify(sent)}`);

  function tellsWhy(): boolean {
    if (sent.path.startsWith("/v2")) return typeof JSON.parse(text).error === "string";
    return type === "application/problem+json" && JSON.parse(text).status === status;
  }
}

/** Objects that are away are told of in the log; here they always are. */
async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await run();
  } finally {
    console.warn = warn;
  }
}
