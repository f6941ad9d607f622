/**
 * What the protocol and Triton's clients may ask for, and this mesh does not do. Each is refused by its
 * name: what is ignored in silence looks like an answer.
 * @module
 */

/** Names of parameters, and what to do instead. */
type Refused = Readonly<Record<string, string>>;

const SHARED_MEMORY = "shared memory is not supported: send the tensor as JSON or as binary_data";
const SEQUENCE = "sequences are not supported: each request stands by itself";

const OF_TENSORS: Refused = {
  shared_memory_region: SHARED_MEMORY,
  shared_memory_byte_size: SHARED_MEMORY,
  shared_memory_offset: SHARED_MEMORY,
};

const OF_OUTPUTS: Refused = {
  ...OF_TENSORS,
  classification: "classification is not supported: the output itself is given",
};

const OF_REQUESTS: Refused = {
  sequence_id: SEQUENCE,
  sequence_start: SEQUENCE,
  sequence_end: SEQUENCE,
  priority: "priority is not supported: say class",
  timeout: "timeout is not supported: say deadline_ms",
  headers: "headers are not supported as a parameter",
};

// Triton keeps these names for what its server does.
const TRITON_PREFIX = "triton_";

/**
 * Finds the first thing in a request that is not supported.
 * @param fields the body as it was read: any field may be missing, or of any type
 * @returns a sentence without its full stop; null: there is none
 */
export function unsupportedIn(fields: unknown): string | null {
  const body = objectOf(fields);
  const refused = refusedIn(body.parameters, OF_REQUESTS);
  if (refused) return refused;
  const triton = Object.keys(objectOf(body.parameters)).find((name) =>
    name.startsWith(TRITON_PREFIX)
  );
  if (triton) return `Parameter "${triton}": parameters of Triton's own are not supported`;
  for (const [list, names] of [["inputs", OF_TENSORS], ["outputs", OF_OUTPUTS]] as const) {
    const tensors = body[list];
    for (const tensor of Array.isArray(tensors) ? tensors : []) {
      const refused = refusedIn(objectOf(tensor).parameters, names);
      if (refused) return refused;
    }
  }
  return null;
}

/** 0, "" and false are how clients say that they do not ask for it. */
function refusedIn(parameters: unknown, names: Refused): string | null {
  for (const [name, value] of Object.entries(objectOf(parameters))) {
    if (value && Object.hasOwn(names, name)) return `Parameter "${name}": ${names[name]}`;
  }
  return null;
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
