/**
 * The globe on its canvas: draws it whenever something has moved, and turns the eye as hands want.
 * @module
 */
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Sky } from "../sky/sky.ts";
import { currentTheme } from "../theme.ts";
import { Camera } from "./camera.ts";
import { grey, type Rgb, shellColour } from "./colours.ts";
import { FlatMap } from "./flat-map.ts";
import { loadLand } from "./land.ts";
import { pick } from "./pick.ts";
import { Pacing } from "./pacing.ts";
import { listen } from "./pointer.ts";
import { Renderer } from "./renderer.ts";
import { NOTHING, type Scene } from "./scene.ts";
import type { Picked, SkyView } from "./view.ts";

// Sharper costs the GPU fourfold, and nobody sees it.
const DENSITY_MAX = 2;
// How far from a node a click may be, pixels of the style sheet.
const PICK_WITHIN = 12;
// Degrees a second, while nobody has touched it.
const DRIFT = 1.2;
const PULSE_MS = 1_800;
const TURN_MS = 900;
const FRAMES_KEPT = 16;

/**
 * Opens the globe, or the flat map where the browser has no WebGL 2.
 * @param canvas on which nothing has been drawn
 */
export function openSky(canvas: HTMLCanvasElement, sky: Sky): SkyView {
  const gl = canvas.getContext("webgl2", { antialias: true, premultipliedAlpha: true });
  return gl ? new GlobeView(canvas, gl, sky) : new FlatMap(canvas, sky);
}

/** The globe. */
export class GlobeView implements SkyView {
  readonly kind = "globe";
  overlay: (at: EpochMs) => Scene | null = () => null;
  onPick: (picked: Picked) => void = () => {};
  readonly camera = new Camera();
  readonly renderer: Renderer;
  readonly #canvas: HTMLCanvasElement;
  readonly #sky: Sky;
  #shown: readonly boolean[];
  #colours: (Rgb | null)[] = [];
  #isGrey = false;
  #coloursOf = "";
  /** Whether nothing is to move that need not. */
  readonly #isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #isDrifting = !this.#isCalm;
  #way: { from: number[]; to: number[]; since: number } | null = null;
  #scene: Scene | null = null;
  #hasLand = false;
  /** Of the canvas, in pixels of the style sheet. */
  #wide = 1;
  #high = 1;
  #frame = 0;
  readonly #pacing = new Pacing(this.#isCalm);
  #last = performance.now();
  #spent: number[] = [];
  readonly #closed: (() => void)[] = [];

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, sky: Sky) {
    this.#canvas = canvas;
    this.#sky = sky;
    this.#shown = sky.groups.map(() => true);
    // Where day meets night, so that both are seen.
    const { x, y } = sunDirectionEcef(sky.clock.now());
    this.camera.lon = Math.atan2(y, x) * 180 / Math.PI + 52;
    this.camera.turn(0, 0);
    this.renderer = new Renderer(gl, sky);
    loadLand().then((rings) => {
      this.renderer.setLand(rings);
      this.#hasLand = true;
      this.touch();
    }, () => {});
    this.#closed.push(listen(canvas, {
      begun: () => {
        this.#isDrifting = false;
        this.#way = null;
      },
      drag: (dx, dy) => this.camera.drag(dx * this.#density, dy * this.#density),
      turn: (east, north) => this.camera.turn(east, north),
      zoom: (factor) => this.camera.zoom(factor),
      click: (x, y) => this.onPick(this.pickAt(x, y)),
    }));
    // Asked of the element in each frame, it would have the page laid out each time.
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(canvas);
    this.#closed.push(() => observer.disconnect());
    this.#resize();
    this.#frame = requestAnimationFrame(this.#draw);
  }

  setGroups(shown: readonly boolean[], isGrey: boolean): void {
    this.#shown = shown;
    this.#isGrey = isGrey;
    this.#coloursOf = "";
    this.touch();
  }

  lookAt(lat: number, lon: number): void {
    this.#isDrifting = false;
    if (this.#isCalm) {
      [this.camera.lat, this.camera.lon] = [lat, lon];
      return;
    }
    const east = (lon - this.camera.lon + 540) % 360 - 180;
    const { camera } = this;
    this.#way = {
      from: [camera.lat, camera.lon],
      to: [lat, camera.lon + east],
      since: performance.now(),
    };
  }

  stand(height: number, tilt: number): void {
    this.#isDrifting = false;
    this.camera.distance = 1 + height;
    this.camera.tilt = tilt;
  }

  /** What is at a place of the canvas. @param x pixels of the style sheet, as y */
  pickAt(x: number, y: number): Picked {
    const density = this.#density;
    return pick(this.#sky, {
      camera: this.camera,
      at: this.#sky.clock.now(),
      x: x * density,
      y: y * density,
      within: PICK_WITHIN * density,
      shown: this.#shown,
    });
  }

  touch(): void {
    this.#pacing.touch();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const close of this.#closed) close();
    this.#canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
  }

  get #density(): number {
    return Math.min(devicePixelRatio, DENSITY_MAX);
  }

  readonly #draw = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const begun = performance.now();
    this.#fit();
    this.#move(now);
    const at = this.#sky.clock.now(begun);
    const isLively = !this.#isCalm && this.#scene !== null && this.#scene.lines.length > 0;
    if (!this.#pacing.isDue(now, { at, camera: this.camera, isLively })) return;
    const theme = currentThemeOnce();
    this.#colour(theme);
    const scene = this.overlay(at) ?? NOTHING;
    if (scene !== this.#scene) {
      this.renderer.show(scene);
      this.#scene = scene;
    }
    this.camera.update();
    this.renderer.draw({
      at,
      sun: sunDirectionEcef(at),
      camera: this.camera,
      theme,
      colours: this.#colours,
      ahead: this.#isCalm ? 1 : now % PULSE_MS / PULSE_MS,
      density: this.#density,
    });
    if (this.#hasLand) this.#canvas.dataset.drawn = "whole";
    this.#measure(performance.now() - begun);
  };

  #resize(): void {
    this.#wide = this.#canvas.clientWidth;
    this.#high = this.#canvas.clientHeight;
  }

  #fit(): void {
    const width = Math.max(1, Math.round(this.#wide * this.#density));
    const height = Math.max(1, Math.round(this.#high * this.#density));
    // Either clears the canvas, and the pacing draws it at once.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.camera.width = width;
    this.camera.height = height;
  }

  #move(now: number): void {
    const passed_s = Math.min(now - this.#last, 100) / 1e3;
    this.#last = now;
    if (this.#isDrifting) this.camera.turn(DRIFT * passed_s, 0);
    if (!this.#way) return;
    const { from, to, since } = this.#way;
    const f = Math.min(1, Math.max(0, (now - since) / TURN_MS));
    const eased = f * f * (3 - 2 * f);
    this.camera.lat = from[0] + (to[0] - from[0]) * eased;
    this.camera.lon = from[1] + (to[1] - from[1]) * eased;
    if (f === 1) {
      this.camera.turn(0, 0);
      this.#way = null;
    }
  }

  #colour(theme: ReturnType<typeof currentTheme>): void {
    if (this.#coloursOf === theme) return;
    this.#coloursOf = theme;
    this.#colours = this.#sky.groups.map(({ share }, g) =>
      this.#shown[g] ? (this.#isGrey ? grey(theme) : shellColour(share, theme)) : null
    );
  }

  /** What frames have cost, for who looks at the element: the median of some. */
  #measure(spent_ms: number): void {
    this.#spent.push(spent_ms);
    if (this.#spent.length < FRAMES_KEPT) return;
    const sorted = this.#spent.sort((a, b) => a - b);
    this.#canvas.dataset.frameMs = sorted[FRAMES_KEPT / 2].toFixed(3);
    this.#spent = [];
  }
}

/** Reading the setting costs a look into the storage: the element has it. */
const currentThemeOnce = (): ReturnType<typeof currentTheme> =>
  document.documentElement.dataset.theme === "dark" ? "dark" : "light";
