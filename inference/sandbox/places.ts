/**
 * Which sandboxes an isolate keeps, and which one leaves when another comes: the one used longest ago that
 * nobody uses. workerd drops none by itself, and each takes 30 to 130 MB.
 * Pure: tells what to do, and does nothing.
 * @module
 */

/** A sandbox as the loader knows it. */
interface Place {
  id: string;
  users: number;
}

/** Who may use which sandbox, and who has to leave first. */
export interface Seat {
  /** By which the loader finds or makes the sandbox. */
  id: string;
  /** The ids of those to be ended. */
  evicted: string[];
}

/** The sandboxes of one isolate. */
export class SandboxPlaces {
  readonly #places_max: number;
  // A Map keeps the order of insertion: the one used longest ago is the first.
  readonly #places = new Map<string, Place>();
  #ended = 0;

  /** @param places_max how many there may be at once: bounds the memory that they take */
  constructor(places_max: number) {
    this.#places_max = places_max;
  }

  /**
   * Gives a sandbox to one more user, who calls leave() in the end.
   * @param name of what runs in it: one sandbox for each
   * @returns null where all places are in use by others: ask again later
   */
  take(name: string): Seat | null {
    const known = this.#places.get(name);
    const evicted: string[] = [];
    if (!known && this.#places.size >= this.#places_max) {
      const idle = [...this.#places].find(([, { users }]) => users === 0);
      if (!idle) return null;
      this.#places.delete(idle[0]);
      this.#ended++;
      evicted.push(idle[1].id);
    }
    // Never the id of one that has ended: the loader may still hold that, or how it failed to start.
    const place = known ?? { id: `${name}/${this.#ended}`, users: 0 };
    place.users++;
    this.#places.delete(name);
    this.#places.set(name, place);
    return { id: place.id, evicted };
  }

  /**
   * Tells that a user is done.
   * @param broken whether the sandbox is of no further use: its next user gets a new one
   * @returns the ids of those to be ended
   */
  leave(name: string, id: string, broken: boolean): string[] {
    const place = this.#places.get(name);
    // Another user has found it broken already.
    if (place?.id !== id) return [];
    place.users--;
    if (!broken) return [];
    this.#places.delete(name);
    this.#ended++;
    return [id];
  }
}
