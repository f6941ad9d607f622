import assert from "node:assert/strict";
import { ProblemError } from "../../../../contract/problem.ts";
import { smallBody } from "../../../../functions/middleware/small-body.ts";

const LIMIT = 1_000;

const request = (bytes: number, headers: Record<string, string> = {}): Request =>
  new Request("http://mesh/", {
    method: "POST",
    body: new Uint8Array(bytes).fill(7),
    headers: { "Content-Length": `${bytes}`, ...headers },
  });

const problemOf = async (read: Promise<unknown>): Promise<string> => {
  const error = await read.then(() => null, (error) => error);
  assert.ok(error instanceof ProblemError, `${error}`);
  return error.code;
};

Deno.test("smallBody() reads a body that tells its length, and leaves every other one unread", async () => {
  assert.deepEqual(await smallBody(request(1_000), LIMIT), new Uint8Array(1_000).fill(7));
  const left = [
    request(1_000, { "Content-Length": "" }),
    request(1_000, { "Content-Length": "many" }),
    request(1_000, { "Content-Encoding": "gzip" }),
    request(65_537),
  ];
  for (const one of left) {
    assert.equal(await smallBody(one, 2 ** 20), null);
    assert.equal(one.bodyUsed, false);
  }
});

Deno.test("smallBody() refuses a body over the limit unread, and one that is longer than it tells", async () => {
  const long = request(1_001);
  assert.equal(await problemOf(smallBody(long, LIMIT)), "body_too_large");
  assert.equal(long.bodyUsed, false);
  const lying = request(1_001, { "Content-Length": "10" });
  assert.equal(await problemOf(smallBody(lying, LIMIT)), "body_too_large");
});

Deno.test("smallBody() says of a body that is cut off that it cannot be read", async () => {
  const headers = new Headers({ "Content-Length": "10" });
  const arrayBuffer = () => Promise.reject(new TypeError("Network connection lost."));
  assert.equal(
    await problemOf(smallBody({ headers, arrayBuffer }, LIMIT)),
    "body_unreadable",
  );
});
