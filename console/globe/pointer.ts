/**
 * What hands do to the globe: drag and pinch, wheel, keys and clicks.
 * @module
 */

/** What is done. */
export interface Hands {
  drag(dx: number, dy: number): void;
  zoom(factor: number): void;
  click(x: number, y: number): void;
  /** Degrees east and north. */
  turn(east: number, north: number): void;
  /** Somebody has begun. */
  begun(): void;
}

// A click's hand may tremble so far, pixels.
const STILL = 4;
const KEY_TURNS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-6, 0],
  ArrowRight: [6, 0],
  ArrowUp: [0, 6],
  ArrowDown: [0, -6],
};
const KEY_ZOOMS: Readonly<Record<string, number>> = { "+": 0.8, "=": 0.8, "-": 1.25 };

/** Listens on an element. @returns what ends that */
export function listen(element: HTMLElement, hands: Hands): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const down = new Map<number, { x: number; y: number }>();
  let moved = 0;
  let spread = 0;
  const spreadOf = () => {
    const [a, b] = [...down.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved = down.size > 1 ? Infinity : 0;
    if (down.size === 2) spread = spreadOf();
    hands.begun();
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved += Math.hypot(dx, dy);
    if (down.size === 2) {
      const now = spreadOf();
      if (now > 0) hands.zoom(spread / now);
      spread = now;
    } else if (moved > STILL) hands.drag(dx, dy);
  }, { signal });
  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type !== "pointerup" || moved > STILL) return;
    const { left, top } = element.getBoundingClientRect();
    hands.click(event.clientX - left, event.clientY - top);
  };
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    hands.begun();
    hands.zoom(Math.exp(Math.min(Math.max(event.deltaY, -120), 120) / 500));
  }, { signal, passive: false });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (KEY_TURNS[key]) hands.turn(...KEY_TURNS[key]);
    else if (KEY_ZOOMS[key]) hands.zoom(KEY_ZOOMS[key]);
    // What is in the middle.
    else if (key === "Enter") hands.click(element.clientWidth / 2, element.clientHeight / 2);
    else return;
    event.preventDefault();
    hands.begun();
  }, { signal });
  return () => controller.abort();
}
