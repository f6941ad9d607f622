/**
 * ledgerAddress() beside @libsql/client: what it names is where the client goes, with the same token.
 * @module
 */
import { createClient } from "@libsql/client/web";
import assert from "node:assert/strict";
import { ledgerAddress } from "../../../contract/ledger-url.ts";
import { openBatchWriter } from "../../../ledger/batch-writer.ts";

const TAKEN = [
  "libsql://ledger.example",
  "libsql://ledger.example:8080",
  "libsql://127.0.0.1:8080?tls=0",
  "libsql://[::1]:8080?tls=0",
  "libsql://ledger.example?authToken=of-the-url",
  "libsql://ledger.example:1?tls=0&authToken=of-the-url",
  "libsql://ledger.example?tls=1",
  "LIBSQL://Ledger.Example/",
  "https://ledger.example/tenant/db",
  "https://ledger.example/tenant/db/",
  "https://ledger.example:8443/",
  "http://127.0.0.1:8080",
  "http://127.0.0.1:8080?tls=0",
];

const REFUSED = [
  "ws://ledger.example",
  "wss://ledger.example",
  "libsql://ledger.example?tls=0",
  "libsql://ledger.example?tls=2",
  "libsql://ledger.example?ssl=1",
  "libsql://s3cret@ledger.example",
  "libsql://ledger.example#s3cret",
  "https://ledger.example?tls=0",
  "http://ledger.example?tls=1",
  "file:s3cret.db",
  ":memory:",
  // No port and no host of a URL.
  "https://ledger.example:99999/s3cret",
  "libsql://ledger.example:99999?authToken=s3cret",
  "https://ledger<example/s3cret",
  "libsql:",
  "libsql://",
  "ledger.example",
  "",
];

interface Asked {
  url: string;
  authorization: string | null;
}

/** Where a request went that nobody answers. */
async function asked(send: (fetch: (request: Request) => Promise<Response>) => Promise<unknown>) {
  const seen: Asked[] = [];
  await send((request) => {
    seen.push({ url: request.url, authorization: request.headers.get("authorization") });
    return Promise.reject(new TypeError("nobody"));
  }).catch(() => {});
  return seen;
}

async function ofWriter(url: string, authToken: string): Promise<Asked[]> {
  const { fetch } = globalThis;
  try {
    return await asked((answer) => {
      globalThis.fetch = (input, init) => answer(new Request(input, init));
      return openBatchWriter({ url, authToken }).batch(["SELECT 1"], "write");
    });
  } finally {
    globalThis.fetch = fetch;
  }
}

for (const url of TAKEN) {
  Deno.test(`${url} means to the mesh what it means to @libsql/client`, async () => {
    const client = (address: { url: string; authToken?: string }) =>
      asked((fetch) => createClient({ ...address, fetch }).execute("SELECT 1"));
    const theirs = await client({ url, authToken: "given" });
    assert.equal(theirs.length, 1);
    assert.deepEqual(await client(ledgerAddress(url, "given")), theirs);
    assert.deepEqual(await ofWriter(url, "given"), theirs);
  });
}

for (const url of REFUSED) {
  Deno.test(`"${url}" is refused with what it must be, and not quoted`, () => {
    assert.throws(() => ledgerAddress(url, "given"), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(
        error.message,
        /^must be libsql:\/\/<host>, https:\/\/<host> or http:\/\/<host>/,
      );
      assert.doesNotMatch(error.message, /s3cret|ledger\.example/);
      return true;
    });
  });
}
