/**
 * What runs on the GPU. Lengths are in equatorial radii of the Earth, axes are Earth-fixed.
 * @module
 */

const PRECISION = `
precision highp float;
precision highp int;
precision highp sampler2D;
`;

const HEAD = `#version 300 es${PRECISION}`;

// Stretched along its axis by this, the Earth's ellipsoid is a sphere of radius one (mesh/orbit/eclipse.ts).
const STRETCH = "const float STRETCH = 1.0 / (1.0 - 1.0 / 298.257223563);";

const HIDDEN = `
uniform mat4 u_matrix;
uniform vec3 u_eye;
${STRETCH}
/** Whether the Earth is between the eye and a point. */
bool isHidden(vec3 p) {
  vec3 o = vec3(u_eye.xy, u_eye.z * STRETCH);
  vec3 d = vec3(p.xy, p.z * STRETCH) - o;
  float t = -dot(o, d) / dot(d, d);
  vec3 nearest = o + t * d;
  return t > 0.0 && t < 1.0 && dot(nearest, nearest) < 1.0;
}
`;

/**
 * Where a node is: its shell's curve, the one that places (mesh/orbit/shell-table.ts), at the node's argument
 * of latitude, turned to its plane. Slot and plane are integers, so that no float holds more than one turn.
 * What is left out is the lean of the perigee: some metres.
 */
const PLACE = `
// A row for each shell: of 256 pieces, four coefficients each of x, y and z.
uniform sampler2D u_curves;
// A row for each shell: planes, slots, phasing and nodes; turns of all planes, of latitude and of longitude.
uniform sampler2D u_shells;
const int POINTS = 256;
const float TURN = 6.283185307179586;

/** Sine and cosine of turns, to 3e-7 on any GPU: what is built in may be good to 5e-4 only. */
vec2 sinCos(float turns) {
  float quarters = round(turns * 4.0);
  float x = (turns - quarters / 4.0) * TURN;
  float q = x * x;
  float s = x * (1.0 + q * (-1.0 / 6.0 + q * (1.0 / 120.0 - q / 5040.0)));
  float c = 1.0 + q * (-0.5 + q * (1.0 / 24.0 + q * (-1.0 / 720.0 + q / 40320.0)));
  int k = int(quarters) & 3;
  return k == 0 ? vec2(s, c) : k == 1 ? vec2(c, -s) : k == 2 ? vec2(-s, -c) : vec2(-c, s);
}

float cubic(vec4 p, float f) {
  return ((p.w * f + p.z) * f + p.y) * f + p.x;
}

/** Of a node, counted in its shell; km. */
vec3 place(int shell, int node) {
  vec4 shape = texelFetch(u_shells, ivec2(0, shell), 0);
  vec4 turned = texelFetch(u_shells, ivec2(1, shell), 0);
  uint planes = uint(shape.x);
  uint slots = uint(shape.y);
  uint all = planes * slots;
  uint plane = uint(node) / slots;
  uint slot = uint(node) - plane * slots;
  uint ahead = (slot * planes + plane * uint(shape.z)) % all;
  float latitude = fract(float(ahead) / float(all) + turned.y);
  float s = latitude * float(POINTS);
  int k = int(s) & (POINTS - 1);
  float f = s - floor(s);
  vec3 curve = vec3(
    cubic(texelFetch(u_curves, ivec2(3 * k, shell), 0), f),
    cubic(texelFetch(u_curves, ivec2(3 * k + 1, shell), 0), f),
    cubic(texelFetch(u_curves, ivec2(3 * k + 2, shell), 0), f)
  );
  vec2 sc = sinCos(float(plane) / float(planes) * turned.x + turned.z);
  return vec3(sc.y * curve.x - sc.x * curve.y, sc.x * curve.x + sc.y * curve.y, curve.z);
}
`;

/** Writes places alone, for who reads them back. */
export const PLACES_VERTEX = `${HEAD}${PLACE}
uniform int u_shell;
out vec3 v_place;
void main() {
  v_place = place(u_shell, gl_VertexID);
}`;

export const NOTHING_FRAGMENT = `${HEAD}
out vec4 o_color;
void main() { o_color = vec4(0.0); }`;

/** What a shader of nodes needs: `nodePlace()`, km, and `nodeColour()`, whose alpha is 0 where there is none. */
const SHELL_NODES = `${PLACE}
vec3 nodePlace() { return place(SHELL, gl_VertexID); }
vec4 nodeColour() { return texelFetch(u_shells, ivec2(2, SHELL), 0); }
`;

/** Attributes of a node between two knots, by their location. */
export const KNOT_ATTRIBUTES = {
  /** Units of 1/32 m at the first knot and at the second. */
  firstPlace: 0,
  secondPlace: 1,
  /** M/s. */
  firstRate: 2,
  secondRate: 3,
  group: 4,
};

/** Colours of groups lie in rows of so many. */
export const COLOUR_TEXELS = 256;

/**
 * Where a node is between two knots: the cubic that places (mesh/orbit/knot-almanac.ts), its four weights
 * worked out in 64 bits. What is left out is the half of a node that flies a sharp curve: 3 m at the lowest
 * perigee of the fastest. 32 bits hold a place in low orbit to a metre.
 */
const KNOT_NODES = `
layout(location = 0) in ivec3 a_first_place;
layout(location = 1) in ivec3 a_second_place;
layout(location = 2) in vec3 a_first_rate;
layout(location = 3) in vec3 a_second_rate;
layout(location = 4) in uint a_group;
// Of places and rates, the first knot's and the second's.
uniform vec2 u_of_places;
uniform vec2 u_of_rates;
// A texel for each group.
uniform sampler2D u_colours;
vec3 nodePlace() {
  return u_of_places.x * vec3(a_first_place) + u_of_places.y * vec3(a_second_place) +
    u_of_rates.x * a_first_rate + u_of_rates.y * a_second_rate;
}
vec4 nodeColour() {
  // All zeros: it has no orbit left.
  if (a_first_place == ivec3(0) || a_second_place == ivec3(0)) return vec4(0.0);
  int group = int(a_group);
  return texelFetch(u_colours, ivec2(group % ${COLOUR_TEXELS}, group / ${COLOUR_TEXELS}), 0);
}
`;

const NODES = `${HIDDEN}
uniform vec3 u_sun;
uniform float u_size;
uniform float u_dimmed;
out vec4 v_color;

/** As isSunlit() of mesh/orbit/eclipse.ts. */
bool isSunlit(vec3 p) {
  vec3 node = vec3(p.xy, p.z * STRETCH);
  vec3 sun = vec3(u_sun.xy, u_sun.z * STRETCH);
  float along = dot(node, sun);
  return along >= 0.0 || dot(node, node) - along * along / dot(sun, sun) >= 1.0;
}

void main() {
  vec3 p = nodePlace() / 6378.137;
  vec4 color = nodeColour();
  if (color.a == 0.0 || isHidden(p)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  gl_Position = u_matrix * vec4(p, 1.0);
  // Those behind the Earth's rim are farther away than its face.
  float far = dot(normalize(u_eye), p) < 0.0 ? 0.55 : 1.0;
  float alpha = color.a * far * (isSunlit(p) ? 1.0 : u_dimmed);
  v_color = vec4(color.rgb * alpha, alpha);
  gl_PointSize = u_size;
}`;

/** Draws one shell, whose number is a uniform. */
export const NODES_VERTEX = `${HEAD}
uniform int u_shell;
#define SHELL u_shell
${SHELL_NODES}${NODES}`;

/** Draws all shells in one call, where the browser can (WEBGL_multi_draw). */
export const ALL_NODES_VERTEX = `#version 300 es
#extension GL_ANGLE_multi_draw : require
${PRECISION}
#define SHELL gl_DrawID
${SHELL_NODES}${NODES}`;

/** Draws nodes between two knots. */
export const KNOT_NODES_VERTEX = `${HEAD}${KNOT_NODES}${NODES}`;

/** Writes places between two knots alone, for who reads them back. */
export const KNOT_PLACES_VERTEX = `${HEAD}${KNOT_NODES}
out vec3 v_place;
void main() { v_place = nodePlace(); }`;

export const NODES_FRAGMENT = `${HEAD}
in vec4 v_color;
uniform float u_size;
out vec4 o_color;
void main() {
  float r = length(gl_PointCoord - 0.5) * u_size;
  o_color = v_color * clamp(0.5 * u_size - r + 0.5, 0.0, 1.0);
}`;

export const EARTH_VERTEX = `${HEAD}
out vec2 v_at;
void main() {
  v_at = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(v_at, 0.0, 1.0);
}`;

export const EARTH_FRAGMENT = `${HEAD}${STRETCH}
in vec2 v_at;
uniform vec3 u_eye;
uniform vec3 u_right;
uniform vec3 u_up;
uniform vec3 u_forward;
uniform vec2 u_scale;
uniform float u_pixel;
uniform float u_lod;
uniform vec3 u_sun;
uniform sampler2D u_land;
uniform vec3 u_sea_day;
uniform vec3 u_sea_night;
uniform vec3 u_land_day;
uniform vec3 u_land_night;
uniform vec3 u_grid;
uniform vec4 u_air;
out vec4 o_color;
const float PI = 3.141592653589793;

float line(float off, float wide) {
  return 1.0 - smoothstep(0.35 * wide, 1.1 * wide, off);
}

void main() {
  vec3 d = u_forward + u_right * (v_at.x / u_scale.x) + u_up * (v_at.y / u_scale.y);
  d.z *= STRETCH;
  vec3 o = vec3(u_eye.xy, u_eye.z * STRETCH);
  float a = dot(d, d);
  float b = dot(o, d);
  vec3 nearest = o - b / a * d;
  float miss = length(nearest);
  vec3 sun = normalize(u_sun);
  // Of a pixel at the rim.
  float wide = u_pixel * length(o);
  float cover = clamp((1.0 - miss) / wide + 0.5, 0.0, 1.0);

  // The air beyond the rim, brighter where the Sun is.
  float lit = smoothstep(-0.35, 0.45, dot(normalize(nearest), sun));
  float glow = exp(-max(miss - 1.0, 0.0) / 0.022) * u_air.a * mix(0.12, 1.0, lit);
  vec4 air = vec4(u_air.rgb * glow, glow);
  if (cover <= 0.0) {
    o_color = air;
    return;
  }

  float t = (-b - sqrt(max(b * b - a * (dot(o, o) - 1.0), 0.0))) / a;
  vec3 p = o + t * d;
  vec3 n = normalize(vec3(p.xy, p.z * STRETCH));
  float lon = atan(p.y, p.x);
  float lat = asin(clamp(n.z, -1.0, 1.0));
  vec2 uv = vec2(lon / (2.0 * PI) + 0.5, 0.5 - lat / PI);
  float facing = max(dot(n, -normalize(vec3(d.xy, d.z / STRETCH))), 0.0);
  float land = textureLod(u_land, uv, u_lod - log2(max(facing, 0.15)) * 0.5).r;
  float day = smoothstep(-0.14, 0.2, dot(n, sun));
  vec3 color = mix(
    mix(u_sea_night, u_sea_day, day),
    mix(u_land_night, u_land_day, day),
    land
  );
  float pixel = u_pixel * t;
  float meridian = abs(mod(lon + PI / 12.0, PI / 6.0) - PI / 12.0) * cos(lat);
  float parallel = abs(mod(lat + PI / 12.0, PI / 6.0) - PI / 12.0);
  // Parallels are seen at a slant in one direction only: from the side they are thinner.
  vec3 north = normalize(vec3(-n.z * n.xy, 1.0 - n.z * n.z) + 1e-6);
  vec3 look = normalize(vec3(d.xy, d.z / STRETCH));
  vec3 flat_look = look - dot(look, n) * n;
  float slant = length(flat_look - dot(flat_look, cross(n, north)) * cross(n, north));
  float shrink = sqrt(max(1.0 - slant * slant, 0.04));
  float grid = max(line(meridian, pixel), line(parallel, pixel / shrink));
  color = mix(color, u_grid, grid * 0.22 * smoothstep(0.0, 0.35, facing));
  // Air before the ground, thicker towards the rim.
  float haze = pow(1.0 - facing, 3.5) * u_air.a * mix(0.15, 0.9, lit);
  color = mix(color, u_air.rgb, haze * 0.75);
  o_color = mix(air, vec4(color, 1.0), cover);
}`;

export const COAST_VERTEX = `${HEAD}${HIDDEN}
in vec3 a_place;
uniform vec3 u_sun;
uniform vec4 u_day;
uniform vec4 u_night;
out vec4 v_color;
void main() {
  vec3 o = vec3(u_eye.xy, u_eye.z * STRETCH);
  vec3 p = vec3(a_place.xy, a_place.z * STRETCH);
  // How far it is on this side of the horizon.
  float on = dot(normalize(p), o) - 1.0;
  vec4 color = mix(u_night, u_day, smoothstep(-0.14, 0.2, dot(a_place, normalize(u_sun))));
  float alpha = color.a * smoothstep(0.0, 0.25, on);
  v_color = vec4(color.rgb * alpha, alpha);
  gl_Position = u_matrix * vec4(a_place, 1.0);
}`;

/** Of what is drawn in the colour of its ends. */
export const PLAIN_FRAGMENT = `${HEAD}
in vec4 v_color;
out vec4 o_color;
void main() { o_color = v_color; }`;

/** A piece of a line, as wide as it says: two triangles from its two ends. */
export const RIBBON_VERTEX = `${HEAD}${HIDDEN}
in vec3 a_from;
in vec3 a_to;
in vec4 a_color;
in vec3 a_run;
uniform vec2 u_screen;
uniform float u_ahead;
out vec4 v_color;
out float v_side;
out float v_half;
void main() {
  bool isEnd = gl_VertexID == 1 || gl_VertexID == 2 || gl_VertexID == 4;
  float side = gl_VertexID == 0 || gl_VertexID == 1 || gl_VertexID == 3 ? -1.0 : 1.0;
  vec4 from = u_matrix * vec4(a_from, 1.0);
  vec4 to = u_matrix * vec4(a_to, 1.0);
  vec2 along = (to.xy / to.w - from.xy / from.w) * u_screen;
  along = length(along) > 1e-4 ? normalize(along) : vec2(1.0, 0.0);
  vec3 here = isEnd ? a_to : a_from;
  vec4 at = isEnd ? to : from;
  float half_px = 0.5 * a_run.z + 1.0;
  at.xy += vec2(-along.y, along.x) * side * half_px * 2.0 / u_screen * at.w;
  gl_Position = at;
  // A pulse that runs along it, once in each cycle.
  float at_run = isEnd ? a_run.y : a_run.x;
  float behind = fract(u_ahead - at_run);
  float pulse = a_run.x < 0.0 ? 1.0 : 0.45 + 0.55 * exp(-behind * 9.0);
  float alpha = isHidden(here) ? 0.0 : a_color.a * pulse;
  v_color = vec4(a_color.rgb * alpha, alpha);
  v_side = side * half_px;
  v_half = 0.5 * a_run.z;
}`;

export const RIBBON_FRAGMENT = `${HEAD}
in vec4 v_color;
in float v_side;
in float v_half;
out vec4 o_color;
void main() { o_color = v_color * clamp(v_half - abs(v_side) + 0.5, 0.0, 1.0); }`;

/** Rings and discs around places. */
export const MARK_VERTEX = `${HEAD}${HIDDEN}
in vec3 a_place;
in vec4 a_color;
in vec2 a_form;
out vec4 v_color;
out vec2 v_form;
void main() {
  gl_Position = isHidden(a_place) ? vec4(2.0, 2.0, 2.0, 1.0) : u_matrix * vec4(a_place, 1.0);
  gl_PointSize = a_form.x;
  v_color = a_color;
  v_form = a_form;
}`;

export const MARK_FRAGMENT = `${HEAD}
in vec4 v_color;
in vec2 v_form;
out vec4 o_color;
void main() {
  float r = length(gl_PointCoord - 0.5) * v_form.x;
  float edge = 0.5 * v_form.x - 1.0;
  float disc = clamp(edge - r + 0.5, 0.0, 1.0);
  float hole = v_form.y > 0.0 ? clamp(edge - v_form.y - r + 0.5, 0.0, 1.0) : 0.0;
  float alpha = v_color.a * (disc - hole);
  o_color = vec4(v_color.rgb * alpha, alpha);
}`;
