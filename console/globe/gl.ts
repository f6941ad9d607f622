/**
 * The little of WebGL 2 that the globe needs in fewer words: programs with their uniforms by name, textures of
 * floats, and vertex arrays. A library for all of it weighs more than all that is drawn here.
 * @module
 */

/** A value of a uniform, by the type that its program declares. */
export type Value = number | ArrayLike<number> | WebGLTexture;

/** A program, and how to set its uniforms. */
export interface Program {
  readonly program: WebGLProgram;
  /** Begins to use it, with these values; what is not named keeps its own. */
  use(values: Readonly<Record<string, Value>>): void;
  /** Sets more of them, of the program in use. */
  set(values: Readonly<Record<string, Value>>): void;
  /** Sets one integer of the program in use. */
  setInteger(name: string, value: number): void;
}

/**
 * Compiles a program.
 * @param captured outputs of the vertex shader that transform feedback writes
 * @throws Error with what the driver says
 */
export function createProgram(
  gl: WebGL2RenderingContext,
  [vertex, fragment]: readonly [string, string],
  captured: readonly string[] = [],
): Program {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type as number)!;
    gl.shaderSource(shader, source as string);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  if (captured.length > 0) gl.transformFeedbackVaryings(program, captured, gl.INTERLEAVED_ATTRIBS);
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    const said = (gl.getAttachedShaders(program) ?? []).map((one) => gl.getShaderInfoLog(one));
    throw new Error(`WebGL does not take a program: ${gl.getProgramInfoLog(program)} ${said}`);
  }
  const setters = settersOf(gl, program);
  const set = (values: Readonly<Record<string, Value>>) => {
    for (const name in values) setters.get(name)?.(values[name]);
  };
  return {
    program,
    use(values) {
      gl.useProgram(program);
      set(values);
    },
    set,
    setInteger: (name, value) => setters.get(name)?.(value),
  };
}

type Setter = (value: never) => void;

function settersOf(gl: WebGL2RenderingContext, program: WebGLProgram) {
  const setters = new Map<string, (value: Value) => void>();
  let unit = 0;
  for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
    const { name, type } = gl.getActiveUniform(program, i)!;
    const at = gl.getUniformLocation(program, name);
    const own = unit;
    if (type === gl.SAMPLER_2D) unit++;
    const byType: Readonly<Record<number, Setter>> = {
      [gl.FLOAT]: (x: number) => gl.uniform1f(at, x),
      [gl.INT]: (x: number) => gl.uniform1i(at, x),
      [gl.FLOAT_VEC2]: ([x, y]: number[]) => gl.uniform2f(at, x, y),
      [gl.FLOAT_VEC3]: ([x, y, z]: number[]) => gl.uniform3f(at, x, y, z),
      [gl.FLOAT_VEC4]: ([x, y, z, w]: number[]) => gl.uniform4f(at, x, y, z, w),
      [gl.FLOAT_MAT4]: (m: Float32Array) => gl.uniformMatrix4fv(at, false, m),
      [gl.SAMPLER_2D]: (texture: WebGLTexture) => {
        gl.activeTexture(gl.TEXTURE0 + own);
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.uniform1i(at, own);
      },
    };
    setters.set(name, byType[type] as (value: Value) => void);
  }
  return setters;
}

/** A texture of four floats a texel, read as they are. */
export function floatTexture(
  gl: WebGL2RenderingContext,
  texels: Float32Array,
  width: number,
): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  const height = texels.length / 4 / width;
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, width, height, 0, gl.RGBA, gl.FLOAT, texels);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return texture;
}

/** Writes anew what floatTexture() made. */
export function updateFloats(
  gl: WebGL2RenderingContext,
  texture: WebGLTexture,
  texels: Float32Array,
  width: number,
): void {
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  const height = texels.length / 4 / width;
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.FLOAT, texels);
}

/** A texture of a map of the Earth: one byte a texel, smooth at any size, and round in longitude. */
export function mapTexture(
  gl: WebGL2RenderingContext,
  map: HTMLCanvasElement | null,
): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  if (map) gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, gl.RED, gl.UNSIGNED_BYTE, map);
  else {
    const sea = new Uint8Array(1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, 1, 1, 0, gl.RED, gl.UNSIGNED_BYTE, sea);
  }
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** Vertices of one kind, in one buffer. */
export interface Vertices {
  readonly array: WebGLVertexArrayObject;
  readonly buffer: WebGLBuffer;
  /** How many, or how many instances. */
  count: number;
}

/**
 * Lays out a buffer that holds vertex after vertex.
 * @param parts names of attributes and how many floats each has, in their order
 * @param divisor 1: the buffer steps with instances
 */
export function createVertices(
  gl: WebGL2RenderingContext,
  { program }: Program,
  parts: Readonly<Record<string, number>>,
  divisor = 0,
): Vertices {
  const array = gl.createVertexArray();
  const buffer = gl.createBuffer();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  const stride = 4 * Object.values(parts).reduce((sum, n) => sum + n, 0);
  let offset = 0;
  for (const [name, size] of Object.entries(parts)) {
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, gl.FLOAT, false, stride, offset);
    gl.vertexAttribDivisor(at, divisor);
    offset += 4 * size;
  }
  gl.bindVertexArray(null);
  return { array, buffer, count: 0 };
}

/** Fills a buffer anew. @param size floats of one vertex */
export function fillVertices(
  gl: WebGL2RenderingContext,
  vertices: Vertices,
  floats: Float32Array,
  size: number,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, vertices.buffer);
  gl.bufferData(gl.ARRAY_BUFFER, floats, gl.DYNAMIC_DRAW);
  vertices.count = floats.length / size;
}
