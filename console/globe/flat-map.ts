/**
 * The sky on a flat map, for browsers without WebGL: places are worked out here, some tens of thousands in a
 * frame, and a frame comes a few times a second.
 * @module
 */
import { siteOf } from "../../mesh/geo/site.ts";
import { isSunlit } from "../../mesh/orbit/eclipse.ts";
import { type Ecef, geodeticToEcef } from "../../mesh/orbit/frames.ts";
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import { degrees, type EpochMs, km } from "../../mesh/units.ts";
import type { Sky } from "../sky/sky.ts";
import type { Theme } from "../theme.ts";
import { css, EARTH, grey, shellColour } from "./colours.ts";
import { shellShares } from "./shares.ts";
import { fillLand, loadLand, type Ring } from "./land.ts";
import { NodePixels, packed } from "./node-pixels.ts";
import { listen } from "./pointer.ts";
import { NOTHING, type Place, type Scene } from "./scene.ts";
import type { Picked, SkyView } from "./view.ts";

// Of more nodes each so-manieth is drawn: a page must not take the whole machine.
const DRAWN_MAX = 60_000;
const EVERY_MS = 500;
// At most a fifth of the page's time.
const REST = 4;
const PICK_WITHIN = 12;
const PICK_REACH_KM = 3_000;

/** The map on its canvas. */
export class FlatMap implements SkyView {
  readonly kind = "map";
  overlay: (at: EpochMs) => Scene | null = () => null;
  onPick: (picked: Picked) => void = () => {};
  readonly #canvas: HTMLCanvasElement;
  readonly #sky: Sky;
  readonly #shares: number[];
  readonly #finder: ShellFinder;
  readonly #ground = document.createElement("canvas");
  readonly #nodes = new NodePixels();
  #groundOf = "";
  #rings: readonly Ring[] = [];
  #shown: readonly boolean[];
  #isGrey = false;
  #timer = 0;
  readonly #end: () => void;

  constructor(canvas: HTMLCanvasElement, sky: Sky) {
    this.#canvas = canvas;
    this.#sky = sky;
    this.#shares = shellShares(sky.almanac);
    this.#finder = new ShellFinder(sky.almanac);
    this.#shown = sky.almanac.shells.map(() => true);
    loadLand().then((rings) => {
      this.#rings = rings;
      this.#groundOf = "";
      this.touch();
    }, () => {});
    const nothing = () => {};
    this.#end = listen(canvas, {
      begun: nothing,
      drag: nothing,
      turn: nothing,
      zoom: nothing,
      click: (x, y) => this.onPick(this.#pick(x, y)),
    });
    this.#run();
  }

  setShells(shown: readonly boolean[], isGrey: boolean): void {
    this.#shown = shown;
    this.#isGrey = isGrey;
    this.touch();
  }

  lookAt(): void {}

  stand(): void {}

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#run);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#end();
  }

  readonly #run = (): void => {
    const begun = performance.now();
    if (!document.hidden) this.#draw();
    const spent = performance.now() - begun;
    if (this.#rings.length > 0) this.#canvas.dataset.drawn = "whole";
    this.#canvas.dataset.frameMs = spent.toFixed(3);
    this.#timer = setTimeout(this.#run, Math.max(EVERY_MS, REST * spent));
  };

  #draw(): void {
    const density = Math.min(devicePixelRatio, 2);
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = Math.max(1, Math.round(clientWidth * density));
    this.#canvas.height = Math.max(1, Math.round(clientHeight * density));
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const theme: Theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    const at = this.#sky.clock.now();
    const sun = sunDirectionEcef(at);
    const { left, top, width, height } = this.#frame();
    this.#drawGround(theme, Math.round(width), Math.round(height));
    context.save();
    context.translate(left, top);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    context.drawImage(this.#ground, 0, 0);
    drawNight(context, sun, { width, height, theme });
    this.#drawNodes(context, { at, sun, theme, width, height, density });
    drawScene(context, this.overlay(at) ?? NOTHING, { width, height, density });
    context.restore();
  }

  /** Where on the canvas the map is: twice as wide as high. */
  #frame() {
    const { width, height } = this.#canvas;
    const wide = Math.min(width, 2 * height);
    return {
      left: (width - wide) / 2,
      top: (height - wide / 2) / 2,
      width: wide,
      height: wide / 2,
    };
  }

  #drawGround(theme: Theme, width: number, height: number): void {
    const of = `${theme} ${width} ${height} ${this.#rings.length}`;
    if (of === this.#groundOf) return;
    this.#groundOf = of;
    this.#ground.width = Math.max(1, width);
    this.#ground.height = Math.max(1, height);
    const context = this.#ground.getContext("2d")!;
    context.fillStyle = css(EARTH[theme].seaDay);
    context.fillRect(0, 0, width, height);
    context.fillStyle = css(EARTH[theme].landDay);
    fillLand(context, this.#rings, width, height);
    const [r, g, b] = EARTH[theme].coastDay;
    context.strokeStyle = css([r, g, b]);
    context.lineWidth = 0.6;
    context.stroke();
  }

  #drawNodes(
    context: CanvasRenderingContext2D,
    { at, sun, theme, width, height, density }: {
      at: EpochMs;
      sun: Ecef;
      theme: Theme;
      width: number;
      height: number;
      density: number;
    },
  ): void {
    const { almanac, constellation } = this.#sky;
    const positions = almanac.at(at);
    const xyz = new Float64Array(3);
    const step = Math.ceil(constellation.count / DRAWN_MAX);
    const pixels = this.#nodes;
    pixels.clear(Math.round(width), Math.round(height), Math.round(1.2 * density));
    for (const { group, start, shell } of almanac.shells) {
      if (!this.#shown[group]) continue;
      const colour = this.#isGrey ? grey(theme) : shellColour(this.#shares[group], theme);
      const [lit, dimmed] = [packed(colour, 0.9), packed(colour, EARTH[theme].dimmed)];
      const end = start + shell.planes * shell.per_plane;
      for (let index = start; index < end; index += step) {
        positions.position(index, xyz);
        const [x, y, z] = xyz;
        const [left, top] = onMap(x, y, z);
        pixels.put(left, top, isSunlit({ x, y, z }, sun) ? lit : dimmed);
      }
    }
    context.drawImage(pixels.drawn(), 0, 0, width, height);
  }

  #pick(x: number, y: number): Picked {
    const density = this.#canvas.width / Math.max(1, this.#canvas.clientWidth);
    const { left, top, width, height } = this.#frame();
    const [u, v] = [(x * density - left) / width, (y * density - top) / height];
    if (u < 0 || u > 1 || v < 0 || v > 1) return { node: -1, ground: null };
    const place = { lat: degrees(90 - 180 * v), lon: degrees(360 * u - 180), alt: km(0) };
    let [node, nearest] = [-1, PICK_WITHIN * density];
    const view = { at: this.#sky.clock.now(), site: siteOf(place), sin_mask: 0 };
    this.#finder.each(view, (index, _range, xyz) => {
      if (!this.#shown[this.#sky.constellation.group(index)]) return;
      const [nodeU, nodeV] = onMap(xyz[0], xyz[1], xyz[2]);
      const off = Math.hypot((nodeU - u) * width, (nodeV - v) * height);
      if (off < nearest) [node, nearest] = [index, off];
    }, PICK_REACH_KM);
    return { node, ground: geodeticToEcef(place) };
  }
}

/** Where a place is on the map: parts of its width and height. Latitude is geocentric: 0.2 degrees off at most. */
const onMap = (x: number, y: number, z: number): [number, number] => [
  Math.atan2(y, x) / (2 * Math.PI) + 0.5,
  0.5 - Math.atan2(z, Math.sqrt(x * x + y * y)) / Math.PI,
];

function drawNight(
  context: CanvasRenderingContext2D,
  sun: Ecef,
  { width, height, theme }: { width: number; height: number; theme: Theme },
): void {
  const noon = Math.atan2(sun.y, sun.x);
  const tangent = sun.z / Math.hypot(sun.x, sun.y);
  context.beginPath();
  for (let x = 0; x <= 180; x++) {
    const lon = (x / 180 - 0.5) * 2 * Math.PI;
    const lat = Math.atan(-Math.cos(lon - noon) / tangent);
    context.lineTo(x / 180 * width, (0.5 - lat / Math.PI) * height);
  }
  // The pole that the Sun has left.
  const edge = tangent > 0 ? height : 0;
  context.lineTo(width, edge);
  context.lineTo(0, edge);
  context.closePath();
  context.fillStyle = css(EARTH[theme].seaNight);
  context.globalAlpha = theme === "dark" ? 0.62 : 0.5;
  context.fill();
  context.globalAlpha = 1;
}

function drawScene(
  context: CanvasRenderingContext2D,
  { lines, marks }: Scene,
  { width, height, density }: { width: number; height: number; density: number },
): void {
  const at = (place: Place): [number, number] => {
    const [u, v] = onMap(...place);
    return [u * width, v * height];
  };
  for (const { places, colour, alpha, width: wide } of lines) {
    context.beginPath();
    let before = NaN;
    for (const place of places) {
      const [x, y] = at(place);
      // Over the map's edge it goes on at the other side.
      if (Math.abs(x - before) < width / 2) context.lineTo(x, y);
      else context.moveTo(x, y);
      before = x;
    }
    context.strokeStyle = css(colour);
    context.globalAlpha = alpha;
    context.lineWidth = wide * density / 2;
    context.stroke();
  }
  for (const { place, colour, alpha, size, ring } of marks) {
    const [x, y] = at(place);
    context.beginPath();
    context.arc(x, y, size / 2, 0, 2 * Math.PI);
    context.globalAlpha = alpha;
    context.lineWidth = ring;
    if (ring > 0) {
      context.strokeStyle = css(colour);
      context.stroke();
    } else {
      context.fillStyle = css(colour);
      context.fill();
    }
  }
  context.globalAlpha = 1;
}
