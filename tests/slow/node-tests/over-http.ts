/**
 * ONNX's node tests as a user would have them run: uploaded by PUT, asked with binary tensors, compared, and
 * deleted. Several tenants at once, as each may upload one file at a time.
 * @module
 */
import assert from "node:assert/strict";
import { askBinary } from "../../support/binary-client.ts";
import { type Mesh, type Reply, within } from "../../support/mesh.ts";
import { type NodeTest, readNodeTest } from "../../support/onnx-node-tests.ts";
import { differsFrom, type NodeTestResult, operatorsOf } from "./node-tests.ts";

export interface OverHttp extends NodeTestResult {
  /** Whether it was asked, or only uploaded. */
  asked: boolean;
}

const TENANTS = 4;

/**
 * Uploads all of these tests, and asks some.
 * @param asks which of those that are taken
 */
export async function runOverHttp(
  mesh: Mesh,
  names: readonly string[],
  asks: (name: string) => boolean,
): Promise<OverHttp[]> {
  const waiting = names.toReversed();
  const results: OverHttp[] = [];
  await Promise.all(Array.from({ length: TENANTS }, async (_, i) => {
    const key = await tenantWithRoom(mesh, `node-tests-${i}`, names.length);
    for (let name = waiting.pop(); name; name = waiting.pop()) {
      results.push(await runOne(mesh, key, readNodeTest(name), asks(name)));
    }
  }));
  return results.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Files of deleted models take room of a quota for some minutes. */
async function tenantWithRoom(mesh: Mesh, id: string, models: number): Promise<string> {
  const key = await mesh.tenant(id, { scopes: ["infer", "read", "models"] });
  const quota = { model_bytes_max: 2 ** 30, models_max: Math.min(500, models) };
  const path = `/v1/tenants/${id}/model-quota`;
  const set = await mesh.admin(path, { method: "PUT", body: quota });
  assert.equal(set.status, 200, set.text);
  return key;
}

async function runOne(
  mesh: Mesh,
  key: string,
  test: NodeTest,
  isAsked: boolean,
): Promise<OverHttp> {
  const { name } = test;
  const result = { name, operators: operatorsOf(test.model), refused: null, wrong: null };
  const uploaded = await upload(mesh, key, test);
  if (uploaded.status === 422) return { ...result, refused: uploaded.body.detail, asked: false };
  if (uploaded.status !== 201) return { ...result, wrong: uploaded.text, asked: false };
  try {
    return isAsked
      ? { ...result, ...await askOne(mesh, key, test, { ...result, uploaded }), asked: true }
      : { ...result, asked: false };
  } finally {
    const gone = await mesh.call("/v1/models/node-test", { method: "DELETE", key });
    assert.equal(gone.status, 200, gone.text);
  }
}

const upload = (mesh: Mesh, key: string, { model }: NodeTest): Promise<Reply> =>
  mesh.call("/v1/models/node-test", {
    method: "PUT",
    body: model,
    key,
    headers: { "Content-Type": "application/octet-stream" },
  });

async function askOne(
  mesh: Mesh,
  key: string,
  { inputs, outputs }: NodeTest,
  { name, operators, uploaded }: { name: string; operators: string[]; uploaded: Reply },
): Promise<Pick<NodeTestResult, "refused" | "wrong">> {
  if (!inputs || !outputs) return { refused: null, wrong: "its data are no tensors" };
  const ports = uploaded.body.perigee.inputs;
  const named = inputs.map((input, i) => ({ ...input, name: ports[i].name }));
  const answer = await within(30_000, `an answer to ${name}`, async () => {
    const answer = await askBinary(mesh, { model: "node-test", inputs: named, key });
    return answer.status === 503 ? null : answer;
  });
  const { status, body } = answer;
  if (status === 400) return { refused: body.error, wrong: null };
  if (status !== 200) return { refused: null, wrong: `${status} ${body.error}` };
  if (!(body.parameters.operations >= 0)) return { refused: null, wrong: "no operations" };
  const wrong = outputs.flatMap((want, i) => {
    const off = differsFrom(want, answer.outputs[i], { name, operators });
    return off ? [`${answer.outputs[i].name}: ${off}`] : [];
  });
  return { refused: null, wrong: wrong.length > 0 ? wrong.join("; ") : null };
}
