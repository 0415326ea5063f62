/** The slice shaders. A picture is one quad over the pane; every pixel finds its voxel by itself. */

/** How a texture of whole or of real numbers is read in GLSL. */
export type Sampler = 'isampler3D' | 'usampler3D' | 'sampler3D';
export type Pass = 'image' | 'fill' | 'outline';

export const QUAD_SHADER = `#version 300 es
in vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }
`;

/** @returns GLSL ES 3.00 of a pass over a volume of that kind. */
export function sliceShader(pass: Pass, sampler: Sampler): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp ${sampler};
uniform ${sampler} voxels;
// Device pixels: where the slice's top left corner lies, and one voxel's size; y runs down from \`top_px\`.
uniform float top_px;
uniform vec2 origin_px;
uniform vec2 voxel_px;
// The voxel in the top left corner, and the way to the next one to the right and below.
uniform ivec3 corner_voxel;
uniform ivec3 column_step;
uniform ivec3 row_step;
uniform ivec2 size;
uniform float opacity;
out vec4 color;

/* Columns and rows from the slice's top left corner. */
vec2 place() { return (vec2(gl_FragCoord.x, top_px - gl_FragCoord.y) - origin_px) / voxel_px; }

bool isInside(ivec2 cell) { return all(greaterThanEqual(cell, ivec2(0))) && all(lessThan(cell, size)); }

float voxelAt(ivec2 cell) {
  return float(texelFetch(voxels, corner_voxel + cell.x * column_step + cell.y * row_step, 0).r);
}

vec4 premultiplied(vec3 rgb, float alpha) { return vec4(rgb * alpha, alpha); }
${PASSES[pass]}`;
}

const IMAGE = `
uniform float low;
uniform float gain;
uniform bool smooths;

/* 0 black to 1 white; what is not a number is black. Windowed before it is mixed, as the 2-D canvas does. */
float greyAt(ivec2 cell) {
  float value = voxelAt(clamp(cell, ivec2(0), size - 1));
  return value > low ? min((value - low) * gain, 1.0) : 0.0;
}

float smoothGrey(vec2 at) {
  vec2 from = floor(at - 0.5);
  vec2 part = at - 0.5 - from;
  ivec2 cell = ivec2(from);
  float above = mix(greyAt(cell), greyAt(cell + ivec2(1, 0)), part.x);
  float below = mix(greyAt(cell + ivec2(0, 1)), greyAt(cell + ivec2(1, 1)), part.x);
  return mix(above, below, part.y);
}

void main() {
  vec2 at = place();
  ivec2 cell = ivec2(floor(at));
  if (!isInside(cell)) discard;
  color = vec4(vec3(smooths ? smoothGrey(at) : greyAt(cell)), 1.0);
}
`;

const FILL = `
uniform sampler2D palette;

void main() {
  ivec2 cell = ivec2(floor(place()));
  if (!isInside(cell)) discard;
  vec4 ink = texelFetch(palette, ivec2(int(voxelAt(cell)), 0), 0);
  if (ink.a == 0.0) discard;
  color = premultiplied(ink.rgb, ink.a * opacity);
}
`;

/**
 * A point is on a label's outline where a square of the line's width around it holds that label and another. How much
 * of a pixel that is, is counted on a grid of points within it; labels cover each other in the order of their values.
 */
const OUTLINE = `
uniform sampler2D palette;
uniform float half_line_px;
// A mark of confidence is no border.
uniform int label_bits;
const int SIDE = 4;
const int POINTS = 4;
int cells[SIDE * SIDE];

int labelAt(ivec2 cell) { return isInside(cell) ? int(voxelAt(cell)) & label_bits : 0; }

/* Of the cells around the pixel, from \`first\`: whether the square around a point holds the label and another. */
bool isOnOutline(int label, vec2 point, ivec2 first) {
  vec2 reach = half_line_px / voxel_px;
  ivec2 low = max(ivec2(floor(point - reach)) - first, 0);
  ivec2 high = min(ivec2(floor(point + reach)) - first, SIDE - 1);
  bool own = false;
  bool other = false;
  for (int y = low.y; y <= high.y; y += 1) {
    for (int x = low.x; x <= high.x; x += 1) {
      bool same = cells[y * SIDE + x] == label;
      own = own || same;
      other = other || !same;
    }
  }
  return own && other;
}

float coverage(int label, vec2 at, ivec2 first) {
  int covered = 0;
  for (int y = 0; y < POINTS; y += 1) {
    for (int x = 0; x < POINTS; x += 1) {
      vec2 offset_px = (vec2(x, y) + 0.5) / float(POINTS) - 0.5;
      if (isOnOutline(label, at + offset_px / voxel_px, first)) covered += 1;
    }
  }
  return float(covered) / float(POINTS * POINTS);
}

int nextLabel(int after) {
  int next = 256;
  for (int i = 0; i < SIDE * SIDE; i += 1) if (cells[i] > after) next = min(next, cells[i]);
  return next;
}

/* Whether the cells from \`first\` on hold more than one label: elsewhere, almost everywhere, there is nothing to draw. */
bool isMixed(ivec2 first, ivec2 last) {
  int label = labelAt(first);
  for (int y = 0; y <= last.y; y += 1) {
    for (int x = 0; x <= last.x; x += 1) if (labelAt(first + ivec2(x, y)) != label) return true;
  }
  return false;
}

void main() {
  vec2 at = place();
  vec2 reach = (half_line_px + 0.5) / voxel_px;
  ivec2 first = ivec2(floor(at - reach));
  ivec2 last = min(ivec2(floor(at + reach)) - first, SIDE - 1);
  if (any(lessThan(first + last, ivec2(0))) || any(greaterThanEqual(first, size))) discard;
  if (!isMixed(first, last)) discard;
  for (int y = 0; y < SIDE; y += 1) {
    for (int x = 0; x < SIDE; x += 1) cells[y * SIDE + x] = labelAt(first + min(ivec2(x, y), last));
  }
  color = vec4(0.0);
  for (int label = nextLabel(0); label < 256; label = nextLabel(label)) {
    vec4 ink = texelFetch(palette, ivec2(label, 0), 0);
    if (ink.a == 0.0) continue;
    float alpha = opacity * coverage(label, at, first);
    color = premultiplied(ink.rgb, alpha) + color * (1.0 - alpha);
  }
}
`;

const PASSES: Readonly<Record<Pass, string>> = { image: IMAGE, fill: FILL, outline: OUTLINE };
