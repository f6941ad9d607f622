/**
 * The sky on a flat map, for browsers without WebGL: places are worked out here, some tens of thousands in a
 * frame, and a frame comes a few times a second.
 * @module
 */
import { siteOf } from "../../mesh/geo/site.ts";
import { isSunlit } from "../../mesh/orbit/eclipse.ts";
import { WGS84_EQUATORIAL_RADIUS_KM as R } from "../../mesh/orbit/earth.ts";
import { type Ecef, geodeticToEcef } from "../../mesh/orbit/frames.ts";
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import { degrees, type EpochMs, km } from "../../mesh/units.ts";
import type { Sky } from "../sky/sky.ts";
import type { Theme } from "../theme.ts";
import { css, EARTH, grey, shellColour } from "./colours.ts";
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
// Land has outlines for this much.
const ZOOM_MAX = 12;
// What a hand moves follows it.
const MOVED_MS = 20;
const PICK_WITHIN = 12;
// How much farther off than straight below it a node can be by so many pixels.
const PICK_MORE_KM = 1_000;

/** The map on its canvas. */
export class FlatMap implements SkyView {
  readonly kind = "map";
  overlay: (at: EpochMs) => Scene | null = () => null;
  onPick: (picked: Picked) => void = () => {};
  readonly #canvas: HTMLCanvasElement;
  readonly #sky: Sky;
  readonly #ground = document.createElement("canvas");
  readonly #nodes = new NodePixels();
  #groundOf = "";
  #rings: readonly Ring[] = [];
  #shown: readonly boolean[];
  #isGrey = false;
  #timer = 0;
  /** How many times as large as the whole map. */
  #zoom = 1;
  /** What is in the middle, in parts of the map's width and height. */
  #middle = { u: 0.5, v: 0.5 };
  readonly #end: () => void;

  constructor(canvas: HTMLCanvasElement, sky: Sky) {
    this.#canvas = canvas;
    this.#sky = sky;
    this.#shown = sky.groups.map(() => true);
    loadLand().then((rings) => {
      this.#rings = rings;
      this.#groundOf = "";
      this.touch();
    }, () => {});
    this.#end = listen(canvas, {
      begun: () => {},
      drag: (dx, dy) => {
        const { density, width, height } = this.#frame();
        this.#move(-dx * density / width, -dy * density / height);
      },
      turn: (east, north) => this.#move(east / 360, -north / 180),
      zoom: (factor) => {
        this.#zoom = Math.min(Math.max(this.#zoom / factor, 1), ZOOM_MAX);
        this.#move(0, 0);
      },
      click: (x, y) => this.onPick(this.#pick(x, y)),
    });
    this.#run();
  }

  setGroups(shown: readonly boolean[], isGrey: boolean): void {
    this.#shown = shown;
    this.#isGrey = isGrey;
    this.touch();
  }

  lookAt(lat: number, lon: number): void {
    this.#middle = { u: lon / 360 + 0.5, v: 0.5 - lat / 180 };
    this.#move(0, 0);
  }

  stand(): void {}

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#run, MOVED_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#end();
  }

  /** By parts of the map; not beyond its rim. */
  #move(u: number, v: number): void {
    const { width, height } = this.#frame();
    const halfU = Math.min(0.5, this.#canvas.width / 2 / width);
    const halfV = Math.min(0.5, this.#canvas.height / 2 / height);
    this.#middle.u = Math.min(Math.max(this.#middle.u + u, halfU), 1 - halfU);
    this.#middle.v = Math.min(Math.max(this.#middle.v + v, halfV), 1 - halfV);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#run, MOVED_MS);
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
    const frame = this.#frame();
    const { left, top, width, height } = frame;
    this.#drawGround(theme, frame);
    context.drawImage(this.#ground, 0, 0);
    context.save();
    context.translate(left, top);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    drawNight(context, sun, { width, height, theme });
    this.#drawNodes(context, { at, sun, theme, left, top, width, height, density });
    drawScene(context, this.overlay(at) ?? NOTHING, { width, height, density });
    context.restore();
  }

  /** Where on the canvas the map is: twice as wide as high, and larger than the canvas where it is near. */
  #frame() {
    const { width: wide, height: high, clientWidth } = this.#canvas;
    const width = this.#zoom * Math.min(wide, 2 * high);
    const height = width / 2;
    return {
      left: width <= wide ? (wide - width) / 2 : wide / 2 - this.#middle.u * width,
      top: height <= high ? (high - height) / 2 : high / 2 - this.#middle.v * height,
      width,
      height,
      density: wide / Math.max(1, clientWidth),
    };
  }

  #drawGround(
    theme: Theme,
    { left, top, width, height }: { left: number; top: number; width: number; height: number },
  ): void {
    const { width: wide, height: high } = this.#canvas;
    const of = [theme, wide, high, left, top, width, this.#rings.length].join(" ");
    if (of === this.#groundOf) return;
    this.#groundOf = of;
    this.#ground.width = wide;
    this.#ground.height = high;
    const context = this.#ground.getContext("2d")!;
    context.translate(left, top);
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
    { at, sun, theme, left, top, width, height, density }: {
      at: EpochMs;
      sun: Ecef;
      theme: Theme;
      left: number;
      top: number;
      width: number;
      height: number;
      density: number;
    },
  ): void {
    const { almanac, constellation, groups } = this.#sky;
    const positions = almanac.at(at);
    const xyz = new Float64Array(3);
    const step = Math.ceil(constellation.count / DRAWN_MAX);
    const pixels = this.#nodes;
    const { width: wide, height: high } = this.#canvas;
    pixels.clear(wide, high, Math.round(1.2 * density * Math.min(2, Math.sqrt(this.#zoom))));
    // Of groups of one node each, one in so many is drawn all the same.
    let skipped = 0;
    groups.forEach(({ share, count, node }, group) => {
      if (!this.#shown[group]) return;
      const colour = this.#isGrey ? grey(theme) : shellColour(share, theme);
      const [lit, dimmed] = [packed(colour, 0.9), packed(colour, EARTH[theme].dimmed)];
      let i = skipped;
      for (; i < count; i += step) {
        const index = node(i);
        positions.position(index, xyz);
        if (!almanac.flies(index)) continue;
        const [x, y, z] = xyz;
        const [u, v] = onMap(x, y, z);
        pixels.put(left + u * width, top + v * height, isSunlit({ x, y, z }, sun) ? lit : dimmed);
      }
      skipped = i - count;
    });
    context.drawImage(pixels.drawn(), -left, -top);
  }

  #pick(x: number, y: number): Picked {
    const { left, top, width, height, density } = this.#frame();
    const [u, v] = [(x * density - left) / width, (y * density - top) / height];
    if (u < 0 || u > 1 || v < 0 || v > 1) return { node: -1, ground: null };
    const place = { lat: degrees(90 - 180 * v), lon: degrees(360 * u - 180), alt: km(0) };
    let [node, nearest] = [-1, PICK_WITHIN * density];
    const at = this.#sky.clock.now();
    const view = { at, site: siteOf(place), sin_mask: 0 };
    const reach_km = this.#sky.almanac.radius_max_km - R + PICK_MORE_KM;
    this.#sky.each(view, (index, _range, xyz) => {
      if (!this.#shown[this.#sky.constellation.group(index)]) return;
      const [nodeU, nodeV] = onMap(xyz[0], xyz[1], xyz[2]);
      const off = Math.hypot((nodeU - u) * width, (nodeV - v) * height);
      if (off < nearest) [node, nearest] = [index, off];
    }, reach_km);
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
