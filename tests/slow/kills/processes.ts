/**
 * The processes of a mesh: workerd and its host, and the ledger's bridge by itself, each to be killed.
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { descendants, kill9, serves } from "../../support/mesh-process.ts";
import { within } from "../../support/mesh.ts";

const MESH = fileURLToPath(new URL("./mesh.ts", import.meta.url));
const BRIDGE = fileURLToPath(new URL("../../support/bridge-process.ts", import.meta.url));

export interface Told {
  url: string;
  secrets: { dev_key: string; admin_token: string };
  ledger: { url: string; token: string };
}

export class Processes {
  readonly told: Told;
  readonly #data: string;
  readonly #host: Deno.ChildProcess;
  #bridge: Deno.ChildProcess | undefined;
  /** Every process that was killed while it lived. */
  readonly killed = { workerd: new Set<number>(), ledger: new Set<number>() };

  private constructor(data: string, host: Deno.ChildProcess, told: Told) {
    this.#data = data;
    this.#host = host;
    this.told = told;
  }

  static async start(data: string): Promise<Processes> {
    const host = run([MESH], { PORT: "0", PERIGEE_DATA: data });
    const told = JSON.parse(await firstLine(host)) as Told;
    const processes = new Processes(data, host, told);
    await processes.startLedger();
    return processes;
  }

  async startLedger(): Promise<void> {
    const { url, token } = this.told.ledger;
    const { port } = new URL(url);
    this.#bridge = run([BRIDGE, `${this.#data}/ledger.db`, token, port]);
    assert.equal(await firstLine(this.#bridge), url);
  }

  /** kill -9 of the ledger; it stays away until it is started again. */
  async killLedger(): Promise<void> {
    const bridge = this.#bridge!;
    this.killed.ledger.add(bridge.pid);
    kill9(bridge.pid);
    const { signal } = await bridge.status;
    assert.equal(signal, "SIGKILL", "the ledger had ended by itself");
  }

  /** kill -9 of a workerd that was not killed before, and serves; its host starts another. */
  async killWorkerd(): Promise<void> {
    const pid = await within(60_000, "a workerd that serves", async () => {
      const all = await descendants(this.#host.pid);
      const found = all.find(({ args }) => args.includes("workerd serve"));
      if (!found || this.killed.workerd.has(found.pid)) return null;
      // One that is killed before it serves is a failed start to its host, which gives up.
      return await serves(this.told.url) ? found.pid : null;
    });
    this.killed.workerd.add(pid);
    kill9(pid);
  }

  /** Ends all of it in order: what is on disk then is what there is. */
  async end(): Promise<void> {
    this.#host.kill("SIGTERM");
    assert.equal((await this.#host.status).code, 0);
    kill9(this.#bridge!.pid);
    await this.#bridge!.status;
  }

  /** Whatever still runs. */
  async killAll(): Promise<void> {
    const all = [this.#host.pid, ...(await descendants(this.#host.pid)).map(({ pid }) => pid)];
    for (const pid of all) kill9(pid);
    if (this.#bridge) kill9(this.#bridge.pid);
    await Promise.all([this.#host.status, this.#bridge?.status]);
  }
}

function run(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** What it prints first; the rest goes nowhere. */
async function firstLine(child: Deno.ChildProcess): Promise<string> {
  let text = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    assert.ok(!done, `It ended without a word: ${text}`);
    text += value;
  }
  void (async () => {
    while (!(await reader.read().catch(() => ({ done: true }))).done);
  })();
  return text.slice(0, text.indexOf("\n"));
}
