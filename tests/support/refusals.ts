/**
 * Requests that must be refused: with the right status, in the body that the route's clients read,
 * with nothing stored and no object made.
 * @module
 */
import assert from "node:assert/strict";
import { PROBLEMS } from "../../contract/problem.ts";
import type { Call, Mesh, Reply } from "./mesh.ts";

export interface Refusal extends Call {
  /** What is wrong with it. */
  what: string;
  path: string;
  status: number;
  /** What the answer must say. */
  says: RegExp;
}

/** Sends them all. @param mesh has run no inference yet: then any row, any object is one too many */
export async function assertRefused(mesh: Mesh, refusals: Refusal[]): Promise<void> {
  const accounts = await accountRows(mesh);
  for (const refusal of refusals) {
    const reply = await mesh.call(refusal.path, refusal);
    assertError(reply, refusal);
  }
  for (const table of ["receipts", "placements"]) {
    assert.deepEqual(await mesh.rows(`SELECT id FROM ${table}`), [], table);
  }
  assert.deepEqual(await mesh.nodeObjects(), [], "objects of nodes");
  assert.deepEqual(await accountRows(mesh), accounts);
}

/** Checks status, words and form of an error. */
export function assertError(
  reply: Reply,
  { what, path, status, says }: Pick<Refusal, "what" | "path" | "status" | "says">,
): void {
  const shown = `${what}: ${reply.status} ${reply.text.slice(0, 300)}`;
  assert.equal(reply.status, status, shown);
  const requestId = reply.headers.get("x-request-id");
  assert.ok(requestId, shown);
  if (status === 401) assert.match(reply.headers.get("www-authenticate") ?? "", /^Bearer/, shown);
  if (path.startsWith("/v2")) {
    assert.equal(reply.headers.get("content-type"), "application/json", shown);
    assert.deepEqual(Object.keys(reply.body), ["error", "code"], shown);
    assert.match(reply.body.error, says, shown);
    assert.equal(PROBLEMS[reply.body.code as keyof typeof PROBLEMS].status, status, shown);
    assert.equal(reply.headers.get("perigee-problem"), reply.body.code, shown);
    return;
  }
  assert.equal(reply.headers.get("content-type"), "application/problem+json", shown);
  const { type, title, detail, instance, errors, error, ...rest } = reply.body;
  assert.match(detail, says, shown);
  assert.deepEqual(rest, { status }, shown);
  assert.equal(instance, requestId, shown);
  const problem = PROBLEMS[error.code as keyof typeof PROBLEMS];
  assert.equal(type, `/docs#${error.code}`, shown);
  assert.deepEqual([title, error.type, status], [problem.title, problem.openai, problem.status]);
  assert.equal(error.message, detail, shown);
  assert.equal(reply.headers.get("perigee-problem"), error.code, shown);
  assert.equal(error.param, errors?.[0]?.pointer.slice(2) ?? null, shown);
}

const accountRows = async (mesh: Mesh) => [
  await mesh.rows("SELECT * FROM tenants ORDER BY id"),
  await mesh.rows("SELECT * FROM api_keys ORDER BY id"),
];
