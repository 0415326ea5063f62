/** Which surfaces are drawn, in which colours, and how much of what lies behind they let through. */
import type { Vec3 } from '../core/affine';
import { ERROR_SCHEME } from '../core/errors';
import { type LabelScheme, presentLabels } from '../core/labels';
import { type CaseContent, labelId } from '../content';
import type { OverlayLayer } from '../renderer';
import { statisticsOf } from '../scene';
import type { PaintedSurface } from './surfacePainter';
import type { Surface, Surfaces } from './surfaceJob';

export const SEE_THROUGH = 0.35;

/** A label of the legend. */
export interface ShownLabel {
  /** From `labelId`. */
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly opacity: number;
}

interface Drawn extends PaintedSurface {
  readonly id: string;
}

export interface Scene {
  /** In the order of drawing: inner labels first. */
  readonly surfaces: readonly Drawn[];
  /** Of all labels that occur, the hidden ones too. */
  readonly labels: readonly ShownLabel[];
}

/** @param chosen opacities by label id; labels around others are see-through where none was chosen. */
export function sceneOf(
  content: CaseContent,
  layers: readonly OverlayLayer[],
  surfacesOf: (layer: OverlayLayer) => Surfaces | null,
  chosen: Readonly<Record<string, number>>,
): Scene {
  const visible = layers.flatMap((layer) =>
    (surfacesOf(layer)?.surfaces ?? [])
      .filter(({ label }) => (layer.palette[4 * label + 3] ?? 0) > 0)
      .map((surface) => ({ surface, layer, id: labelId(schemeOf(content, layer), surface.label), box: boxOf(surface) })),
  );
  const around = new Set(
    visible.filter(({ box, id }) => visible.some((other) => other.id !== id && encloses(box, other.box))).map(({ id }) => id),
  );
  const opacityOf = (id: string) => chosen[id] ?? (around.has(id) ? SEE_THROUGH : 1);
  const surfaces = visible
    .sort((a, b) => sizeOf(a.box) - sizeOf(b.box))
    .map(({ surface, layer, id }) => ({ surface, id, color: colorOf(layer, surface.label), opacity: opacityOf(id) }));
  return { surfaces, labels: labelsOf(content, layers, opacityOf) };
}

export function schemeOf(content: CaseContent, { key }: OverlayLayer): LabelScheme {
  return content.overlays.find((overlay) => overlay.key === key)?.scheme ?? ERROR_SCHEME;
}

function labelsOf(content: CaseContent, layers: readonly OverlayLayer[], opacityOf: (id: string) => number): ShownLabel[] {
  const labels = layers.flatMap((layer) => {
    const scheme = schemeOf(content, layer);
    const statistics = statisticsOf(layer.labelmap);
    return presentLabels(scheme, statistics)
      .filter(({ value }) => (statistics.counts[value] ?? 0) > 0)
      .map(({ value, name, color }) => ({ id: labelId(scheme, value), name, color }));
  });
  const unique = [...new Map(labels.map((label) => [label.id, label])).values()];
  return unique.map((label) => ({ ...label, opacity: opacityOf(label.id) }));
}

function colorOf({ palette }: OverlayLayer, label: number): Vec3 {
  const [r = 0, g = 0, b = 0] = palette.subarray(4 * label, 4 * label + 3);
  return [r, g, b];
}

interface Box {
  readonly low: Vec3;
  readonly high: Vec3;
}

const boxes = new WeakMap<Surface, Box>();

function boxOf(surface: Surface): Box {
  const known = boxes.get(surface);
  if (known) return known;
  const { positions } = surface;
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 1) {
    const axis = (i % 3) as 0 | 1 | 2;
    low[axis] = Math.min(low[axis], positions[i] ?? 0);
    high[axis] = Math.max(high[axis], positions[i] ?? 0);
  }
  const box = { low, high };
  boxes.set(surface, box);
  return box;
}

/** Of two parts that lie side by side, neither hides the other. */
function encloses(outer: Box, inner: Box): boolean {
  const overlap = (axis: 0 | 1 | 2) =>
    Math.min(outer.high[axis], inner.high[axis]) - Math.max(outer.low[axis], inner.low[axis]);
  const share = ([0, 1, 2] as const).reduce<number>(
    (product, axis) => product * Math.max(0, overlap(axis) / (inner.high[axis] - inner.low[axis] || 1)),
    1,
  );
  return share > 0.6 && sizeOf(outer) > sizeOf(inner);
}

function sizeOf({ low, high }: Box): number {
  return (high[0] - low[0]) * (high[1] - low[1]) * (high[2] - low[2]);
}
