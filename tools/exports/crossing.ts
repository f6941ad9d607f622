/**
 * Which exports cross from one room into another: the contracts between rooms.
 * @module
 */
import type ts from "typescript";
import { roomOf } from "../layers/rooms.ts";
import type { Module } from "./module.ts";

/** An export that a file of another room takes. */
export interface Crossing {
  module: Module;
  name: string;
  declarations: readonly ts.Declaration[];
}

// They look into every room, at what is its own affair as well: that binds nobody to document it.
const LOOKS_INTO_ALL = ["tests", "tools", "benches"];

/** @returns each crossing export once, in the order of files and declarations */
export function crossings(modules: readonly Module[]): Crossing[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const crossing = new Map<Module, Set<string>>();
  const take = (path: string, name: string, room: string | undefined): void => {
    const module = byPath.get(path);
    if (!module) return;
    const names = name === "*" ? [...module.exports.keys()] : [name];
    for (const one of names.filter((key) => module.exports.has(key))) {
      if (roomOf(path)?.name !== room) {
        crossing.set(module, (crossing.get(module) ?? new Set()).add(one));
      }
    }
    // What the module passes on is taken of where it was declared.
    for (const { target, name: own, passedAs } of module.taken) {
      if (passedAs === null) continue;
      if (passedAs === "*") take(target, name, room);
      else if (name === "*" || passedAs === name) take(target, own, room);
    }
  };
  for (const { path, taken } of modules) {
    const room = roomOf(path)?.name;
    if (room !== undefined && LOOKS_INTO_ALL.includes(room)) continue;
    for (const { target, name } of taken) take(target, name, room);
  }
  return modules.flatMap((module) =>
    [...module.exports]
      .filter(([name]) => crossing.get(module)?.has(name))
      .map(([name, declarations]) => ({ module, name, declarations }))
  );
}
