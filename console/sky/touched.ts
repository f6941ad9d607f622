/**
 * How nodes stand that have answered the caller lately: few among all, asked for together.
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { FleetNodeJson } from "../../contract/node.ts";
import { ApiError, ask } from "../api.ts";

/** What nodes are coloured by. */
export type Quantity = "charge" | "temperature" | "load";

/** A node and how it stands. */
export interface Touched {
  id: string;
  charge: number;
  /** Kelvin. */
  temperature: number;
  /** For how many seconds an ask would wait. */
  load: number;
}

const EVERY_MS = 5_000;
const LIMIT = 1_000;

/**
 * Follows them while a component is there.
 * @param isWanted false: nothing is asked
 * @param now what the mesh clock says
 * @returns where the newest are
 */
export function useTouched(isWanted: boolean, now: () => number): { current: Touched[] } {
  const touched = useRef<Touched[]>([]);
  useEffect(() => {
    touched.current = [];
    if (!isWanted) return;
    let timer = 0;
    let isOver = false;
    const run = async () => {
      try {
        const path = `/v1/nodes?source=node&limit=${LIMIT}`;
        const { data } = await ask<{ data: FleetNodeJson[] }>(path);
        if (!isOver) touched.current = data.map((node) => standing(node, now()));
      } catch (error) {
        // What is shown stays: the notices of the page say what is wrong.
        if (!(error instanceof ApiError)) throw error;
      }
      if (!isOver) timer = setTimeout(run, EVERY_MS);
    };
    void run();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isWanted]);
  return touched;
}

function standing({ id, modelled }: FleetNodeJson, now_ms: number): Touched {
  const free_ms = modelled.free_at === null ? now_ms : Date.parse(modelled.free_at);
  return {
    id,
    charge: modelled.state_of_charge,
    temperature: modelled.temperature_k ?? 0,
    load: Math.max(0, (free_ms - now_ms) / 1e3),
  };
}
