/**
 * Brings what a run of the mesh that was killed has left on disk to the ledger at once. Collectors and nodes
 * have alarms for that. But that of a collector which found the ledger away may lie half a minute ahead, and
 * workerd keeps alarms in a table of its own: a kill can leave that without one which a node has set. On
 * Cloudflare alarms are not lost.
 * @module
 */
import Database from "libsql";
import type { Miniflare } from "miniflare";
import { setImmediate } from "node:timers";
import { failureOf } from "./failure.ts";

const TABLES = ["outbox", "undelivered", "unfinished_runs"];
// workerd writes to a file that is read here.
const LOCKED_MS_MAX = 10_000;
const AT_ONCE = 16;

/** A node's object, as far as it is asked here; Miniflare's types know nothing of our objects. */
interface Nodes {
  idFromString(id: string): unknown;
  get(id: unknown): { resume(): Promise<void> };
}

/** A mesh that serves. */
export interface Served {
  url: string;
  runtime: Miniflare;
  admin_token: string;
  /** The folder in which Miniflare keeps what lasts. */
  objects: string;
}

/** What earlier runs have left, of one emulator: looked for at its start, and whenever workerd has died. */
export class LeftReceipts {
  readonly #say: (step: string) => void;
  readonly #ending = new AbortController();
  #served: Served | null = null;
  #delivering: Promise<void> = Promise.resolve();

  constructor(say: (step: string) => void) {
    this.#say = say;
  }

  /** Has them delivered from now on, behind what the mesh is asked. */
  serve(served: Served): void {
    this.#served = served;
    this.deliver();
  }

  /** Looks again, if the mesh has served before. */
  deliver(): void {
    const served = this.#served;
    if (served) this.#delivering = this.#delivering.then(() => this.#deliver(served));
  }

  /** Stops; what is left then is found at the next start. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#delivering;
  }

  async #deliver(served: Served): Promise<void> {
    const { signal } = this.#ending;
    try {
      await askCollectors(served, signal);
      await askNodes(served, signal);
    } catch (error) {
      if (!signal.aborted) this.#say(`Receipts of an earlier run wait: ${failureOf(error)}`);
    }
  }
}

/** Who is asked for its backlog delivers it. */
async function askCollectors({ url, admin_token }: Served, signal: AbortSignal): Promise<void> {
  const headers = { Authorization: `Bearer ${admin_token}` };
  const shown = await fetch(`${url}/v1/backlog`, { headers, signal });
  await shown.body?.cancel();
}

async function askNodes({ runtime, objects }: Served, signal: AbortSignal): Promise<void> {
  const ids = await nodesWithReceipts(`${objects}/do/perigee-OrbitalNode`, signal);
  if (ids.length === 0) return;
  const nodes = await runtime.getDurableObjectNamespace("NODES") as unknown as Nodes;
  for (let i = 0; i < ids.length && !signal.aborted; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE);
    // One that cannot deliver tries again by itself.
    const asked = Promise.all(some.map((id) => nodes.get(nodes.idFromString(id)).resume()));
    await Promise.race([asked, aborted(signal)]);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => signal.addEventListener("abort", () => done(), { once: true }));

/** Reads every node's file, which takes half a millisecond each, and lets others have their turn between. */
async function nodesWithReceipts(folder: string, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const [, id] = /^([0-9a-f]{64})\.sqlite$/.exec(name) ?? [];
      if (!id) continue;
      if (hasReceipts(`${folder}/${name}`)) ids.push(id);
      await new Promise((done) => setImmediate(done));
      if (signal.aborted) return [];
    }
  } catch (error) {
    // No node has ever been asked here.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return ids;
}

function hasReceipts(path: string): boolean {
  const database = new Database(path, { readonly: true, timeout: LOCKED_MS_MAX });
  try {
    // A kill can come between the making of an object and that of its tables.
    const made = database.prepare("SELECT name FROM sqlite_master").all() as { name: string }[];
    return TABLES.filter((table) => made.some(({ name }) => name === table))
      .some((table) => database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).all().length > 0);
  } finally {
    database.close();
  }
}
