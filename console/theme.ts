/**
 * Light or dark: as the system has it, until somebody chooses.
 * @module
 */
import { useSyncExternal } from "./store.ts";

export type Theme = "light" | "dark";

const NAME = "perigee-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** What is shown now. */
export function currentTheme(): Theme {
  const chosen = localStorage.getItem(NAME);
  if (chosen === "light" || chosen === "dark") return chosen;
  return system.matches ? "dark" : "light";
}

function show(): void {
  document.documentElement.dataset.theme = currentTheme();
  for (const heard of listeners) heard();
}

/** Shows the theme, and follows the system's from now on. */
export function startTheme(): void {
  system.addEventListener("change", show);
  show();
}

/** Shows the other one, and remembers it. */
export function toggleTheme(): void {
  localStorage.setItem(NAME, currentTheme() === "dark" ? "light" : "dark");
  show();
}

/** Hears of each change. @returns what ends that */
export function onTheme(heard: () => void): () => void {
  listeners.add(heard);
  return () => void listeners.delete(heard);
}

/** The theme, for a component that is drawn anew when it changes. */
export const useTheme = (): Theme => useSyncExternal(onTheme, currentTheme);
