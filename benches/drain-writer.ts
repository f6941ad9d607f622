/**
 * A thread of benches/drain.ts: makes the requests that record executions, keeps them, and then sends
 * them as fast as the bridge answers.
 * @module
 */
import { drizzle } from "drizzle-orm/libsql/web";
import type { Execution } from "../ledger/execution.ts";
import { recordExecutions } from "../ledger/record-executions.ts";

// As many as a collector has on their way.
const LANES = 4;

interface Message {
  ledger?: { url: string; token: string };
  prepare?: Execution[];
  batch?: number;
  write?: true;
}

interface Kept {
  url: string;
  body: string;
}

let ledger = { url: "", token: "" };
let kept: Kept[] = [];

// Within a worker `self` is its own scope, which the types of a window do not know.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Message>) => Promise<void>;
  postMessage(message: string): void;
};

scope.onmessage = async ({ data }) => {
  try {
    if (data.ledger) {
      ledger = data.ledger;
      return;
    }
    if (data.prepare) await prepare(data.prepare, data.batch!);
    if (data.write) await write();
    scope.postMessage("done");
  } catch (error) {
    scope.postMessage(String(error));
  }
};

class Captured extends Error {}

async function prepare(executions: Execution[], batch: number): Promise<void> {
  kept = [];
  const fake = drizzle({
    connection: {
      url: ledger.url,
      authToken: ledger.token,
      fetch: async (request: Request) => {
        if (request.method !== "POST") return await fetch(request);
        kept.push({ url: request.url, body: await request.text() });
        throw new Captured();
      },
    },
  });
  for (let at = 0; at < executions.length; at += batch) {
    const before = kept.length;
    const made = recordExecutions(fake, executions.slice(at, at + batch), 1);
    await made.then(() => {}, () => {});
    if (kept.length !== before + 1) throw new Error("A batch was not one request");
  }
}

async function write(): Promise<void> {
  let next = 0;
  const headers = { Authorization: `Bearer ${ledger.token}`, "Content-Type": "application/json" };
  const lane = async () => {
    while (next < kept.length) {
      const { url, body } = kept[next++];
      const reply = await fetch(url, { method: "POST", headers, body });
      const text = await reply.text();
      if (!reply.ok || text.includes('"type":"error"')) throw new Error(text);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
