/**
 * Computes the almanac's knots for a region, once for all its isolates, and hands out the catalogue
 * that they are of.
 * Keeps nothing on disk: a knot is a pure function of the constellation and its number, and
 * catalogues lie in the ledger.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { loadCatalogue, newestCatalogue } from "../../ledger/catalogues.ts";
import { openLedger } from "../../ledger/client.ts";
import { meshNow } from "../../mesh/clock.ts";
import { unpackCatalogue } from "../../mesh/orbit/catalogue.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { importedConstellation } from "../../mesh/orbit/imported-constellation.ts";
import { KnotBuilder, knotNumber } from "../../mesh/orbit/knot.ts";
import { Propagator } from "../../mesh/orbit/propagation.ts";
import { builtInSlices } from "../shared/slices.ts";

// The current window's two, the next window's, and one of a newer catalogue; 1 MB each.
const KNOTS_MAX = 4;
// Windows from now that isolates work with: clocks differ, and a grid is made ahead.
const NEAR_WINDOWS = 3;
// Some milliseconds of work, 30 where nodes are initialised anew: a request for now waits no longer for one
// of another date. Smaller slices would let a knot of now wait for as many slices of other work.
const NODES_PER_SLICE = 2_048;
// A message between objects has 32 MiB at most, and is held whole on either side while it is copied. What
// is larger than any catalogue of real satellites goes as a stream.
const MESSAGE_BYTES_MAX = 16_000_000;
// A refreshed catalogue is noticed within this time; the ledger is asked no more often.
const NEWEST_KEPT_MS = 15_000;

const log = logger();

interface Loaded {
  constellation: Constellation;
  propagator: Propagator;
  /** Packed, as isolates take it; null for the generated one, which they make themselves. */
  bytes: ArrayBuffer | null;
}

/** The object that computes a region's knots; callers get it from almanacObject(). */
export class AlmanacKeeper extends DurableObject<Env> {
  readonly #knots = new Map<string, ArrayBuffer>();
  readonly #computing = new Map<string, Promise<ArrayBuffer>>();
  #loaded: Loaded | undefined;
  #newest: { name: string; until: number } | undefined;

  /**
   * Computes a knot, in slices, or takes it from memory.
   * @param constellation the name of a catalogue in the ledger, or of the generated one
   * @param number the knot's, as knotNumber() of mesh/orbit/knot.ts counts
   * @returns the packed knot, for readKnot()
   * @throws Error if the ledger does not answer, or holds no whole catalogue of that name
   */
  async knot(constellation: string, number: number): Promise<ArrayBuffer> {
    const key = `${constellation}/${number}`;
    const kept = this.#knots.get(key) ?? this.#computing.get(key);
    if (kept) return await kept;
    const computing = this.#compute(constellation, number);
    this.#computing.set(key, computing);
    try {
      const bytes = await computing;
      if (this.#isNear(number)) this.#keep(key, bytes);
      return bytes;
    } finally {
      this.#computing.delete(key);
    }
  }

  async #compute(name: string, number: number): Promise<ArrayBuffer> {
    const { constellation, propagator } = await this.#load(name);
    const builder = new KnotBuilder(constellation, propagator, number);
    return (await builtInSlices(builder, NODES_PER_SLICE)).bytes;
  }

  /** A knot of another date is not kept: it would push out one that all isolates need. */
  #isNear(number: number): boolean {
    const now = knotNumber(meshNow(settingsOf(this.env).clock, Date.now()));
    return Math.abs(number - now) <= NEAR_WINDOWS;
  }

  #keep(key: string, bytes: ArrayBuffer): void {
    this.#knots.set(key, bytes);
    if (this.#knots.size > KNOTS_MAX) this.#knots.delete(this.#knots.keys().next().value!);
  }

  /**
   * The name of the newest catalogue; while the ledger is away, of the newest that this object has
   * seen.
   * @returns a constellation's name
   * @throws Error if this object has seen no catalogue and the ledger holds none or does not answer
   */
  async newest(): Promise<string> {
    const now = Date.now();
    if (this.#newest && now < this.#newest.until) return this.#newest.name;
    try {
      const found = await newestCatalogue(this.#ledger());
      if (found) this.#newest = { name: found.name, until: now + NEWEST_KEPT_MS };
    } catch (error) {
      log.warn("The ledger did not say which catalogue is newest", { error });
    }
    if (this.#newest) return this.#newest.name;
    throw new Error("The ledger holds no catalogue");
  }

  /**
   * A packed catalogue.
   * @param name of a catalogue in the ledger
   * @returns bytes for unpackCatalogue() of mesh/orbit/catalogue.ts, whole or as a stream
   * @throws RangeError for the generated constellation, which isolates make themselves
   * @throws Error if the ledger does not answer, or holds no whole catalogue of that name
   */
  async catalogue(name: string): Promise<ArrayBuffer | ReadableStream<Uint8Array>> {
    const { bytes } = await this.#load(name);
    if (!bytes) throw new RangeError(`${name} is not a catalogue`);
    return bytes.byteLength <= MESSAGE_BYTES_MAX ? bytes : new Response(bytes).body!;
  }

  async #load(name: string): Promise<Loaded> {
    if (this.#loaded?.constellation.name === name) return this.#loaded;
    const generated = settingsOf(this.env).constellation;
    const { constellation, bytes } = generated?.name === name
      ? { constellation: generated, bytes: null }
      : await this.#unpack(name);
    this.#loaded = { constellation, bytes, propagator: new Propagator(constellation) };
    return this.#loaded;
  }

  async #unpack(name: string): Promise<{ constellation: Constellation; bytes: ArrayBuffer }> {
    const bytes = await loadCatalogue(this.#ledger(), name);
    const catalogue = bytes && unpackCatalogue(bytes);
    if (!catalogue) throw new Error(`The ledger holds no whole catalogue "${name}"`);
    return { constellation: importedConstellation(catalogue), bytes };
  }

  #ledger() {
    const { url, token } = settingsOf(this.env).ledger;
    return openLedger({ url, authToken: token });
  }
}
