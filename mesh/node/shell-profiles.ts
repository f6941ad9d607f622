/**
 * Which hardware flies in which shell. Kept by shell and by kind, never by node: a million nodes of
 * sixty shells are sixty numbers, and a look at a node's is a look into an array.
 * @module
 */
import type { Constellation } from "../orbit/constellation.ts";
import type { HardwareProfile } from "./profile.ts";

/** The hardware of every node of a mesh, by its shell. */
export class ShellProfiles {
  /** Those that differ, in the order of the first shell of each; one where all nodes are alike. */
  readonly kinds: readonly HardwareProfile[];
  /** By group of the constellation: index into `kinds`; null where there is one kind. */
  readonly #kindOf: Uint16Array | null;
  readonly #otherwise: HardwareProfile;

  /**
   * @param otherwise of nodes that the constellation does not have, such as those of the one before it
   * @param by_shell of each group of the constellation; default: all nodes have `otherwise`
   */
  constructor(otherwise: HardwareProfile, by_shell: readonly HardwareProfile[] = [otherwise]) {
    this.#otherwise = otherwise;
    this.kinds = [...new Set(by_shell)];
    this.#kindOf = this.kinds.length === 1
      ? null
      : Uint16Array.from(by_shell, (profile) => this.kinds.indexOf(profile));
  }

  /**
   * The kind of a shell's nodes.
   * @param group the shell's, in the constellation that the profiles were made for
   * @returns an index into `kinds`
   */
  kindOfShell(group: number): number {
    return this.#kindOf === null ? 0 : this.#kindOf[group];
  }

  /**
   * The kind of a node.
   * @param index the node's, in the constellation
   * @returns an index into `kinds`
   */
  kindOfNode(constellation: Constellation, index: number): number {
    return this.#kindOf === null ? 0 : this.#kindOf[constellation.group(index)];
  }

  /**
   * The hardware of a node.
   * @param index the node's, in the constellation
   */
  of(constellation: Constellation, index: number): HardwareProfile {
    return this.kinds[this.kindOfNode(constellation, index)];
  }

  /**
   * The hardware of a node by its id alone: what a node's object knows of itself.
   * @param constellation null: a catalogue, whose nodes are all alike
   * @param id the node's; one that the constellation does not have gets what nodes have that no shell names
   */
  ofId(constellation: Constellation | null, id: string): HardwareProfile {
    if (constellation === null) return this.kinds[0];
    const index = constellation.indexOf(id);
    return index < 0 ? this.#otherwise : this.of(constellation, index);
  }
}
