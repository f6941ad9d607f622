/**
 * What the code below the routes is given of a request, made of a plain Request.
 * @module
 */
import assert from "node:assert/strict";
import type { Log } from "../../../contract/log.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const MODULE = "../../../functions/services.ts";
interface Services {
  caller: unknown;
  location: unknown;
  region: string;
  log: Log;
  traceHeaders(): Record<string, string>;
}
const { Services } = await import(MODULE) as { Services: new (parts: object) => Services };

const servicesOf = (
  cf?: { latitude: string; longitude: string },
  headers: Record<string, string> = {},
): Services =>
  new Services({
    env: {},
    request: Object.assign(new Request("http://localhost/", { headers }), cf && { cf }),
    request_id: "request-1",
    after: () => {},
    setHeader: () => {},
  });

Deno.test("Services has no caller before authentication, and says so as the bug that it is", () => {
  const services = servicesOf();
  assert.throws(() => services.caller, /without authenticating/);
  const caller = { tenant_id: "acme" };
  services.caller = caller;
  assert.equal(services.caller, caller);
});

Deno.test("Services takes the region from where the network sees the caller", () => {
  const sydney = servicesOf({ latitude: "-33.87", longitude: "151.21" });
  assert.deepEqual(sydney.location, { lat: -33.87, lon: 151.21, alt_m: 0 });
  assert.equal(sydney.region, "oc");
  assert.equal(servicesOf({ latitude: "100", longitude: "0" }).location, null);
  assert.equal(servicesOf({ latitude: "100", longitude: "0" }).region, servicesOf().region);
});

Deno.test("A line of a request's log is one JSON object with the request's id", () => {
  const { warn } = console;
  const lines: string[] = [];
  console.warn = (line: string) => lines.push(line);
  try {
    servicesOf().log.warn("A node did not answer", {
      node: "G2A-017-042",
      error: new Error("gone"),
    });
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{
    level: "warn",
    what: "A node did not answer",
    request_id: "request-1",
    node: "G2A-017-042",
    error: "Error: gone",
  }]);
});

Deno.test("An upstream server gets the caller's trace as it came, or a new one that nobody records", () => {
  const own = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "congo=1" };
  assert.deepEqual(servicesOf(undefined, own).traceHeaders(), own);
  const made = servicesOf(undefined, { ...own, traceparent: "nonsense" }).traceHeaders();
  assert.match(made.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  assert.ok(!("tracestate" in made));
});
