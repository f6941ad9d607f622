/**
 * What nodes have said of themselves in answers to each tenant. A digest tells to the millisecond when a
 * node was used, so a tenant sees those of its own answers only.
 * Not its job: placing inferences, which takes what all answers have said (mesh/placement/hints.ts).
 * @module
 */
import type { Digest } from "../../mesh/node/digest.ts";

// In all some 6 MB: a busy tenant, or many of them, must not fill the isolate's memory. Whatever is
// dropped is shown as computed.
const TENANTS_MAX = 64;
const DIGESTS_MAX = 256;

export class OwnDigests {
  // Maps keep the order of insertion: the one that was used longest ago is the first.
  readonly #tenants = new Map<string, Map<number, Digest>>();

  /** @param index the node's, in the constellation */
  note(tenant: string, index: number, digest: Digest): void {
    const own = this.#tenants.get(tenant) ?? new Map<number, Digest>();
    const known = own.get(index);
    putLast(own, { key: index, value: newer(known, digest), max: DIGESTS_MAX });
    putLast(this.#tenants, { key: tenant, value: own, max: TENANTS_MAX });
  }

  /** Each node's last digest in an answer to the tenant, by the node's index. */
  of(tenant: string): Iterable<[number, Digest]> {
    return this.#tenants.get(tenant) ?? [];
  }

  /** Forgets what a node has said. @param index the node's, in the constellation */
  drop(index: number): void {
    for (const own of this.#tenants.values()) own.delete(index);
  }
}

/** Answers can overtake each other. */
const newer = (known: Digest | undefined, digest: Digest): Digest =>
  known && known.at_ms > digest.at_ms ? known : digest;

function putLast<K, V>(map: Map<K, V>, { key, value, max }: { key: K; value: V; max: number }) {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) map.delete(map.keys().next().value!);
}
