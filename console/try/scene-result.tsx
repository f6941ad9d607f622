/**
 * A scene: as the eye would see it, and by its classes (docs/models.md).
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { Tensor } from "./request.ts";
import { numbersOf, shapeOf } from "./tensors.ts";

type Rgb = readonly [number, number, number];

const CLASSES: readonly (readonly [name: string, colour: Rgb])[] = [
  ["none", [70, 76, 86]],
  ["cloud", [226, 232, 240]],
  ["snow", [148, 205, 245]],
  ["water", [43, 108, 196]],
  ["vegetation", [62, 142, 82]],
  ["burnt", [158, 58, 38]],
  ["bare", [196, 160, 108]],
];
// Reflectance of land and sea is below this; a scene is shown as bright as a print.
const BRIGHT = 0.6;
const CHANNELS = 6;
const [BLUE, GREEN, RED] = [0, 1, 2];

/** Both pictures of the first scene of a batch, and what the colours mean. */
export function SceneResult({ inputs, outputs }: { inputs: Tensor[]; outputs: Tensor[] }) {
  const [, , height, width] = shapeOf(inputs, "reflectance");
  const bands = numbersOf(inputs, "reflectance");
  const classes = numbersOf(outputs, "class");
  const pixels = width * height;
  if (!(pixels > 0) || bands.length < CHANNELS * pixels || classes.length < pixels) return null;
  const seen = [...new Set(classes.slice(0, pixels))].sort((a, b) => a - b);
  const share = (value: number) =>
    classes.slice(0, pixels).filter((one) => one === value).length / pixels;
  return (
    <div class="pictures">
      <Picture
        label="As the eye sees it"
        width={width}
        height={height}
        colour={(i) =>
          [RED, GREEN, BLUE].map((band) => display(bands[band * pixels + i])) as unknown as Rgb}
      />
      <Picture
        label="By class"
        width={width}
        height={height}
        colour={(i) => CLASSES[classes[i]]?.[1] ?? CLASSES[0][1]}
      />
      <ul class="terms">
        {seen.map((value) => (
          <li key={value}>
            <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="2" fill={`rgb(${CLASSES[value]?.[1].join(" ")})`} />
            </svg>
            {CLASSES[value]?.[0] ?? value} {(100 * share(value)).toFixed(0)} %
          </li>
        ))}
      </ul>
    </div>
  );
}

const display = (reflectance: number): number =>
  Math.round(255 * Math.min(1, Math.max(0, reflectance / BRIGHT)) ** (1 / 2.2));

function Picture(
  { label, width, height, colour }: {
    label: string;
    width: number;
    height: number;
    colour: (pixel: number) => Rgb;
  },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) image.data.set([...colour(i), 255], 4 * i);
    context.putImageData(image, 0, 0);
  });
  return (
    <figure>
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
      <figcaption class="faint">{label}</figcaption>
    </figure>
  );
}
