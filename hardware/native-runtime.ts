/**
 * Gets native ONNX Runtime. It takes 288 MB, so it is none of the project's own packages: it is
 * installed into the board's cache folder when the program first runs there, by the lock file beside
 * this module.
 * @module
 */
import { createRequire } from "node:module";

/** The version of the package onnxruntime-node. */
export const NATIVE_VERSION = "1.30.0";
const LOCK = new URL("./onnxruntime-node.lock.json", import.meta.url);

/** The part of onnxruntime-node that is used here; its tensors carry strings for ONNX strings. */
export interface NativeRuntime {
  InferenceSession: {
    create(model: Uint8Array, options: object): Promise<NativeSession>;
  };
  Tensor: new (type: string, data: unknown, dims: readonly number[]) => NativeTensor;
}

/** A model that is loaded. */
export interface NativeSession {
  run(
    feeds: Record<string, NativeTensor>,
    fetches: readonly string[],
  ): Promise<Record<string, NativeTensor>>;
  release(): Promise<void>;
}

/** A tensor of the runtime. */
export interface NativeTensor {
  type: string;
  dims: readonly number[];
  data: ArrayBufferView | string[];
}

/**
 * Installs the runtime, unless it is there, and loads it.
 * @param folder the cache folder
 * @param say is told before the download begins
 * @throws Error if it cannot be installed, with what the installer said
 */
export async function nativeRuntime(
  folder: string,
  say: (text: string) => void,
): Promise<NativeRuntime> {
  const home = `${folder}/onnxruntime-node-${NATIVE_VERSION}`;
  // Written last, so that an installation that was cut off is done again.
  const mark = `${home}/installed`;
  if (!await Deno.stat(mark).catch(() => null)) {
    say(`Installing onnxruntime-node ${NATIVE_VERSION} into ${home} (288 MB, once)`);
    await install(home);
    await Deno.writeTextFile(mark, "");
  }
  return loadRuntime(home);
}

/**
 * Loads the runtime, and takes Float16Array from this program.
 * @param home the folder in which it is installed
 */
export function loadRuntime(home: string): NativeRuntime {
  // FP16 rides as its bits. The runtime wants halves where the platform has them, of which Deno tells native
  // code nothing: where it has none, the runtime takes bits.
  Reflect.deleteProperty(globalThis, "Float16Array");
  return createRequire(`${home}/`)("onnxruntime-node");
}

async function install(home: string): Promise<void> {
  await Deno.mkdir(home, { recursive: true });
  const config = {
    nodeModulesDir: "auto",
    imports: { "onnxruntime-node": `npm:onnxruntime-node@${NATIVE_VERSION}` },
  };
  await Deno.writeTextFile(`${home}/deno.json`, JSON.stringify(config));
  await Deno.copyFile(LOCK, `${home}/deno.lock`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: home,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`onnxruntime-node was not installed: ${new TextDecoder().decode(stderr)}`);
  }
}
