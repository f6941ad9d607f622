import assert from "node:assert/strict";
import { readTrace, traceHeaders } from "../../../contract/trace.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

Deno.test("readTrace() reads the standard's own example, and traceHeaders() writes it back", () => {
  const headers = {
    traceparent: `00-${TRACE}-${SPAN}-01`,
    tracestate: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
  };
  const context = readTrace(headers);
  assert.deepEqual(context, {
    trace_id: TRACE,
    span_id: SPAN,
    sampled: true,
    state: headers.tracestate,
  });
  assert.deepEqual(traceHeaders(context!), headers);
});

Deno.test("Of the flags only the sampled one counts, and a later version's extra fields are passed over", () => {
  for (const [flags, sampled] of [["00", false], ["01", true], ["02", false], ["ff", true]]) {
    assert.equal(readTrace({ traceparent: `00-${TRACE}-${SPAN}-${flags}` })?.sampled, sampled);
  }
  assert.equal(readTrace({ traceparent: `cc-${TRACE}-${SPAN}-01-what-comes` })?.trace_id, TRACE);
});

// From the standard's test suite (github.com/w3c/trace-context, test/test.py).
const INVALID = [
  "",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `cc-${TRACE}-${SPAN}-01.what`,
  `0-${TRACE}-${SPAN}-01`,
  `.0-${TRACE}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE.slice(1)}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}0-01`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE}-${SPAN}-.0`,
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
];

Deno.test("A traceparent that is not valid is as none", () => {
  for (const traceparent of INVALID) assert.equal(readTrace({ traceparent }), null, traceparent);
  assert.equal(readTrace({}), null);
  assert.equal(readTrace({ traceparent: null, tracestate: "a=1" }), null);
});

const stateOf = (tracestate: string): string =>
  readTrace({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate })!.state;

Deno.test("A tracestate that is not valid is as none, and its traceparent holds", () => {
  const invalid = [
    "foo",
    "foo=",
    "=1",
    "Foo=1",
    "foo =1",
    "foo=1=2",
    "foo=\u00e4",
    "foo=1,foo=2",
    "foo@=1,b\tar=2",
    `${"k".repeat(257)}=1`,
    `foo=${"v".repeat(257)}`,
    Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(),
  ];
  for (const tracestate of invalid) assert.equal(stateOf(tracestate), "", tracestate);
  assert.equal(stateOf(" foo=1 ,\tbar@b=2,, "), "foo=1,bar@b=2");
  assert.equal(
    stateOf("foo=a b !\"#$%&'()*+-./:;<>?@[]^_`{|}~"),
    "foo=a b !\"#$%&'()*+-./:;<>?@[]^_`{|}~",
  );
});

Deno.test("A long tracestate loses whole entries from the right, and never holds more than 512 characters", () => {
  const entries = Array.from({ length: 32 }, (_, i) => `key-${i}=${"v".repeat(40)}`);
  const kept = stateOf(entries.join());
  assert.ok(kept.length <= 512 && kept.length > 400, `${kept.length}`);
  assert.ok(entries.join().startsWith(`${kept},`));
});
