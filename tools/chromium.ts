/**
 * Debian's Chromium without a window, driven by playwright-core, which brings no browser of its own.
 * @module
 */
import { type Browser, chromium } from "playwright-core";

const PATH = "/usr/bin/chromium";
// On a machine whose cores are busy it takes its time.
const START_MS_MAX = 120_000;

/** Whether it is installed: `.ci/run` installs it, a developer's machine may do without. */
export const hasChromium = async (): Promise<boolean> =>
  await Deno.stat(PATH).then(() => true, () => false);

/**
 * Starts it. Its sandbox needs a user that is not root, and pages here are our own.
 * @param webgl whether pages may draw by WebGL, which SwiftShader then does without a GPU
 */
export const startChromium = ({ webgl = false } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: PATH,
    timeout: START_MS_MAX,
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      ...(webgl ? ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] : ["--disable-gpu"]),
    ],
  });
