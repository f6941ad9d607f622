/**
 * What the console's files are called, and what their answers say: in the emulator by the worker, in a
 * deployment by the file `_headers`, which is made of the same (emulator/console.ts).
 * @module
 */

/** By their paths, the console's files under dist/assets. */
export const CONSOLE_FILES: Readonly<Record<string, string>> = {
  "/": "/index.html",
  "/console/main.js": "/console/main.js",
  "/console/main.css": "/console/main.css",
  "/console/icon.svg": "/console/icon.svg",
  "/console/examples.json": "/console/examples.json",
  "/console/land.bin": "/console/land.bin",
  "/console/places.json": "/console/places.json",
};

// No other host, nothing inline, and no text that becomes a script: what stands in a page is made by the
// console's own code, node by node.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Headers of each of the files. A browser asks each time whether there is a newer one. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=UTF-8",
  js: "text/javascript; charset=UTF-8",
  css: "text/css; charset=UTF-8",
  svg: "image/svg+xml",
  json: "application/json",
  bin: "application/octet-stream",
};

/** The media type of a file, by the end of its name. */
export const consoleType = (file: string): string => TYPES[file.slice(file.lastIndexOf(".") + 1)];

/**
 * What a deployment answers with, beside the files.
 * @returns the text of `_headers`, as Workers' static assets read it
 */
export function headersFile(): string {
  const headers = Object.entries(CONSOLE_HEADERS).map(([name, value]) => `  ${name}: ${value}`);
  return Object.keys(CONSOLE_FILES).map((path) => [path, ...headers].join("\n")).join("\n\n") +
    "\n";
}
