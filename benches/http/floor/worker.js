/**
 * The least that a request can cost on this runtime with this web framework: what the mesh's routes are
 * held against. Plain JavaScript, as it is bundled for workerd alone.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

/** An object that keeps one row of each call. */
export class Bare extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT)");
  }

  keep(id, body) {
    this.ctx.storage.sql.exec("INSERT INTO rows (id, body) VALUES (?, ?)", id, body);
    return { kept: id };
  }
}

const app = new Hono();

/** Parses, and answers what a route of the mesh answers. */
app.post("/parse", async (c) => {
  const asked = await c.req.json();
  return c.json({ ...c.env.ROUTED, asked: typeof asked });
});

/** Parses, calls one object, which inserts one row, and answers what an inference answers. */
app.post("/insert/:name", async (c) => {
  const asked = await c.req.json();
  const object = c.env.BARE.getByName(c.req.param("name"));
  const { kept } = await object.keep(crypto.randomUUID(), JSON.stringify(asked));
  return c.json({ ...c.env.ANSWER, kept });
});

/** Reads a body of any kind to its end, hands it to one object, and answers as many bytes. */
app.post("/bytes/:name", async (c) => {
  const bytes = await c.req.arrayBuffer();
  const object = c.env.BARE.getByName(c.req.param("name"));
  await object.keep(crypto.randomUUID(), `${bytes.byteLength}`);
  return c.body(bytes);
});

export default app;
