/**
 * Bodies that are meant to stall, starve or fill the mesh: each is refused, and a caller who asks
 * meanwhile hardly notices.
 */
import assert from "node:assert/strict";
import { canary, percentile } from "../../benches/canary.ts";
import { DRIVE, HOSTILE, SCENE, SMALL } from "../../benches/hostile-bodies.ts";
import { MEBIBYTES_MAX, residentMebibytes, sceneText, sendScenes } from "../../benches/scenes.ts";
import { leastMs } from "../support/least.ts";
import { type Mesh, meshTest, within } from "../support/mesh.ts";
import { patience } from "../support/within.ts";
import { startProcess } from "../support/mesh-process.ts";

const test = meshTest();

const ask = (mesh: Mesh) => async () => {
  const { status, text } = await mesh.call(DRIVE, { body: SMALL });
  assert.equal(status, 200, text);
};

/** fetch() gives up when the server hangs up before it has sent everything; null: so it went. */
async function send(
  mesh: Mesh,
  { path, body, headers }: { path: string; body: BodyInit; headers?: Record<string, string> },
): Promise<{ status: number; bytes: number } | null> {
  try {
    const { status, text } = await mesh.call(path, { body, headers });
    return { status, bytes: text.length };
  } catch (error) {
    assert.ok(error instanceof TypeError, String(error));
    return null;
  }
}

test("Whatever is sent, a caller meanwhile waits a quarter of a second more at most", async (mesh) => {
  await ask(mesh)();
  const quiet = canary(ask(mesh));
  await within(10_000, "30 answers", () => quiet.answered >= 30 || null);
  const quiet_ms = percentile(await quiet.stop(), 0.99);
  for (const { what, path, body, status, headers } of HOSTILE) {
    const text = body();
    const limit_ms = 3 * quiet_ms + 1_000;
    const worst_ms = await leastMs(limit_ms, async () => {
      const bird = canary(ask(mesh));
      const replies = await Promise.all([
        send(mesh, { path, body: text, headers }),
        send(mesh, { path, body: text, headers }),
      ]);
      const took = await bird.stop();
      for (const reply of replies) {
        if (reply === null) continue;
        assert.ok([status, 503].includes(reply.status), `${what}: ${reply.status}`);
        assert.ok(reply.bytes < 10_000, `${what}: an error of ${reply.bytes} bytes`);
      }
      return took.at(-1) ?? 0;
    });
    console.log(`${what}: ${Math.round(worst_ms)} ms, quiet ${Math.round(quiet_ms)} ms`);
    // Loose: the test's own client and other tests make and send bodies on the same cores. The bench has
    // the figure; what stalled the mesh took from 3 to 78 s.
    assert.ok(
      worst_ms < limit_ms * patience(),
      `${what}: ${worst_ms} ms, ${quiet_ms} ms when it is quiet`,
    );
  }
});

test("Bodies that never end are let go, and hold up nobody", async (mesh) => {
  const { hostname, port } = new URL(mesh.url);
  const head = `POST ${DRIVE} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ` +
    `${mesh.emulator.secrets.dev_key}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"inputs":[`;
  const connections = await Promise.all(Array.from({ length: 20 }, async () => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(head));
    return connection;
  }));
  const began = performance.now();
  const bird = canary(ask(mesh));
  const replies = await Promise.all(connections.map(async (connection) => {
    let text = "";
    try {
      for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (text.includes("\r\n\r\n")) break;
      }
    } catch {
      // Hung up after the answer.
    }
    return text.slice(9, 12);
  }));
  assert.deepEqual(replies, Array(20).fill("408"));
  assert.ok(performance.now() - began < 60_000 * patience());
  await bird.stop();
});

test("A body that is cut off, or framed wrongly, is the caller's fault and no bug of ours", async (mesh) => {
  const { hostname, port } = new URL(mesh.url);
  const { error } = console;
  const logged: string[] = [];
  console.error = (text: string) => logged.push(String(text));
  try {
    for (
      const rest of [
        'Content-Length: 5000\r\n\r\n{"inputs":[',
        'Transfer-Encoding: chunked\r\n\r\nzz\r\n{"inputs"',
      ]
    ) {
      for (const path of [DRIVE, "/v1/route"]) {
        const connection = await Deno.connect({ hostname, port: Number(port) });
        await connection.write(new TextEncoder().encode(
          `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ` +
            `${mesh.emulator.secrets.dev_key}\r\nContent-Type: application/json\r\n${rest}`,
        ));
        await connection.closeWrite();
        let text = "";
        try {
          for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) {
            text += part;
          }
        } catch {
          // Reset: no answer is an answer here.
        }
        assert.ok(text === "" || text.startsWith("HTTP/1.1 400"), text.slice(0, 200));
      }
    }
  } finally {
    console.error = error;
  }
  await ask(mesh)();
  assert.deepEqual(logged.filter((line) => /"level":"error"|\bat \w+ \(/.test(line)), []);
});

test("Whoever does not read its answer, or dawdles with its body, holds up no other tenant", async (mesh) => {
  const body = new TextEncoder().encode(sceneText());
  const { hostname, port } = new URL(mesh.url);
  const begin = async (key: string, bytes: Uint8Array) => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `POST ${SCENE} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    for (const part of [new TextEncoder().encode(head), bytes]) {
      for (let at = 0; at < part.length;) at += await connection.write(part.subarray(at));
    }
    return connection;
  };
  const [deaf, slow] = [await mesh.tenant("deaf"), await mesh.tenant("slow")];
  const connections = [
    // Sent whole; its 21 MB are never read.
    await begin(deaf, body),
    await begin(slow, body.subarray(0, 2 ** 21)),
  ];
  const call = (key: string) => mesh.call(SCENE, { key, body });
  const other = await call(await mesh.tenant("other"));
  assert.equal(other.status, 200, other.text.slice(0, 300));
  // Its own next one waits until the answer that nobody reads is given up.
  const own = await within(60_000, "room for the next body of the tenant", async () => {
    const reply = await call(deaf);
    assert.ok([200, 503].includes(reply.status), reply.text.slice(0, 300));
    return reply.status === 200 ? reply : null;
  });
  assert.equal(JSON.parse(own.text).outputs.length, 5);
  for (const connection of connections) connection.close();
});

/**
 * Sends the beginning of a scene over a connection that ends without a goodbye: an answer before it is
 * left unread but for a byte, so that closing it makes the kernel reset it.
 */
async function sendScene(
  mesh: Mesh,
  { key, bytes, length }: { key: string; bytes: Uint8Array; length: number },
): Promise<Deno.Conn> {
  const { hostname, port } = new URL(mesh.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const send = async (part: Uint8Array) => {
    for (let at = 0; at < part.length;) at += await connection.write(part.subarray(at));
  };
  const text = new TextEncoder();
  await send(text.encode(`GET /v2/health/live HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`));
  await connection.read(new Uint8Array(1));
  await send(text.encode(
    `POST ${SCENE} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  ));
  await send(bytes);
  return connection;
}

test("Connections that are torn down leave their room to others, whether they hold it or wait for it", async (mesh) => {
  const body = new TextEncoder().encode(sceneText());
  const key = await mesh.tenant("torn");
  const begin = (bytes: number) =>
    sendScene(mesh, { key, bytes: body.subarray(0, bytes), length: body.length });
  const held = await begin(2 ** 20);
  const waiting = await Promise.all([1, 2, 3].map(() => begin(2 ** 16)));
  for (const connection of [held, ...waiting]) connection.close();
  await within(30_000, "room again", async () => {
    const { status, text } = await mesh.call(SCENE, { key, body });
    assert.ok([200, 503].includes(status), text.slice(0, 300));
    return status === 200 || null;
  });
});

Deno.test("Six scenes of 512 x 512 at once take less than 128 MiB more than a mesh that has just started, and each is answered in the end", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-scenes-" });
  const mesh = await startProcess({ PORT: "0", PERIGEE_DATA: data });
  try {
    const pid = (await mesh.workerd())!;
    const { admin_token } = JSON.parse(await Deno.readTextFile(`${data}/secrets.json`));
    const took = await sendScenes({ url: mesh.url, key: mesh.key, admin_token, pid }, sceneText());
    for (const { who, mebibytes } of took) {
      console.log(`MiB more under six scenes of ${who}: ${mebibytes.toFixed(0)}`);
      assert.ok(mebibytes < MEBIBYTES_MAX, `${mebibytes} MiB more under six scenes of ${who}`);
    }
    const [first, ...others] = took.flatMap(({ outputs }) => outputs);
    assert.equal(JSON.parse(`{${first}`).outputs.length, 5);
    assert.equal(others.length, 11);
    assert.ok(others.every((text) => text === first), "The same scene has the same answer");

    // A shape promises 6.3 MB, and nothing comes.
    const before = await residentMebibytes(pid);
    const { hostname, port } = new URL(mesh.url);
    const stalled = await Promise.all(Array.from({ length: 100 }, async () => {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      await connection.write(new TextEncoder().encode(
        `POST ${SCENE} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${mesh.key}\r\n` +
          `Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n` +
          `{"inputs":[{"name":"reflectance","datatype":"FP32","shape":[1,6,512,512],"data":[`,
      ));
      return connection;
    }));
    const shown = await fetch(`${mesh.url}${DRIVE}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${mesh.key}`, "Content-Type": "application/json" },
      body: JSON.stringify(SMALL),
    });
    assert.equal(shown.status, 200, await shown.text());
    const promised = await residentMebibytes(pid) - before;
    assert.ok(promised < MEBIBYTES_MAX, `${promised} MiB for 100 shapes`);
    for (const connection of stalled) connection.close();
  } finally {
    await mesh.interrupt();
    await Deno.remove(data, { recursive: true });
  }
});
