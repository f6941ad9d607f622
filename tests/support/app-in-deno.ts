/**
 * The worker's routes under plain Deno, for more requests than workerd would answer in a test: over a
 * real ledger, and with objects that note who reached them and answer nothing.
 * @module
 */
import { Described } from "./described.ts";
import { sql } from "drizzle-orm";
import { findLiveKey } from "../../ledger/keys.ts";
import { listPrices } from "../../ledger/prices.ts";
import { listLiveModels } from "../../ledger/models.ts";
import { MemoryBucket, provideStreams } from "./memory-bucket.ts";
import { ledgerInProcess } from "./ledger-in-process.ts";

// By a name that is not written here: its types are workerd's, and what is around here is Deno's.
const APP = new URL("../../functions/app.ts", import.meta.url).href;

interface App {
  routes: { method: string; path: string }[];
  fetch(request: Request, env: unknown, context: unknown): Promise<Response>;
}

const ADMIN = "fuzzing-admin-token-of-this-test";
const NAMESPACES = ["NODES", "ALMANACS", "COLLECTORS", "REGISTRARS", "TENANTS", "IDEMPOTENCY"];

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: BodyInit | null;
}

export interface Heard {
  status: number;
  type: string;
  headers: Headers;
  text: string;
  /** It came so far that an object was asked: what it says was taken for right. */
  reached: boolean;
}

export interface AppInDeno extends AsyncDisposable {
  admin: string;
  key: string;
  /** Every route that is registered, described or not. */
  routes: readonly { method: string; path: string }[];
  send(sent: Sent): Promise<Heard>;
  /** How many files its bucket holds. */
  files(): number;
  /** Of each table. */
  rows(): Promise<Record<string, number>>;
}

/** @param settings variables that differ from the usual ones */
export async function appInDeno(settings: Record<string, string> = {}): Promise<AppInDeno> {
  // workerd has it, Deno does not.
  Object.assign(globalThis, {
    scheduler: { wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) },
  });
  provideStreams();
  const { app } = await import(APP) as { app: App };
  const temporary = await ledgerInProcess();
  const bucket = new MemoryBucket();
  let reached = 0;
  // Every method of every object: asked, and away.
  const object = new Proxy({}, {
    get: (_, name) =>
      name === "then" ? undefined : () => {
        reached++;
        return Promise.reject(new Error("the object is away"));
      },
  });
  const env = {
    PERIGEE_CONSTELLATION: "starlink-filed",
    PERIGEE_CLOCK: "real",
    PERIGEE_PROFILE: "",
    PERIGEE_LEDGER_URL: temporary.url,
    PERIGEE_LEDGER_TOKEN: temporary.token,
    PERIGEE_ADMIN_TOKEN: ADMIN,
    ...settings,
    // The one that a request is let in by.
    LEDGER_CACHES: {
      getByName: () => ({
        key: (hash: string) => findLiveKey(temporary.ledger, hash, Date.now()),
        adminKey: () => Promise.resolve(null),
        prices: () => listPrices(temporary.ledger),
        forget: () => Promise.resolve(),
        announce: () => Promise.resolve(),
        readiness: () => Promise.resolve("ready"),
        renewPrices: () => Promise.resolve(),
        models: (tenant_id: string) => listLiveModels(temporary.ledger, tenant_id),
        renewModels: () => Promise.resolve(),
      }),
    },
    MODELS: bucket,
    ASSETS: { fetch: () => Promise.resolve(new Response(null, { status: 404 })) },
    ...Object.fromEntries(NAMESPACES.map((name) => [name, { getByName: () => object }])),
  };
  const context = {
    waitUntil: (promise: Promise<unknown>) => void promise.catch(() => {}),
    passThroughOnException() {},
    props: {},
  };
  const send = async ({ method, path, headers, body }: Sent): Promise<Heard> => {
    const before = reached;
    const request = new Request(`http://localhost${path}`, { method, headers, body });
    const response = await app.fetch(request, env, context);
    const text = await response.text();
    const { status, headers: got } = response;
    if (path !== "/openapi.json") {
      (await describedBy).check({ method, url: path, status, headers: got, text });
    }
    const type = got.get("Content-Type") ?? "";
    return { status, type, headers: got, text, reached: reached > before };
  };
  const describedBy = send({ method: "GET", path: "/openapi.json" })
    .then(({ text }) => new Described(JSON.parse(text)));
  const admin = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const { status, text } = await send({
      method: "POST",
      path,
      headers: { Authorization: `Bearer ${ADMIN}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (status !== 201) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
  await admin("/v1/tenants", { id: "acme", name: "Acme" });
  const { key } = await admin("/v1/tenants/acme/keys", {
    name: "fuzz",
    scopes: ["infer", "read", "models"],
  });
  return {
    admin: ADMIN,
    key,
    routes: app.routes,
    send,
    files: () => bucket.keys().length,
    async rows() {
      const tables = await temporary.ledger.all<{ name: string }>(
        sql`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
      );
      const rows: Record<string, number> = {};
      for (const { name } of tables) {
        const [{ n }] = await temporary.ledger.all<{ n: number }>(
          sql.raw(`SELECT count(*) AS n FROM "${name}"`),
        );
        rows[name] = n;
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}
