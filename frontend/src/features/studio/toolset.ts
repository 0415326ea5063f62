/** The tools: their names, keys, and the options that they share. */
import type { PaintRules } from '~/viewer';

export type ToolKey = 'navigate' | 'brush' | 'eraser' | 'threshold' | 'lasso' | 'fill' | 'grow';

/** What is done at once, with the chosen label in the chosen plane. */
export type ActionKey = 'interpolate' | 'growcut' | 'holes' | 'islands' | 'copy';

interface Named {
  readonly name: string;
  /** In lower case. */
  readonly letter: string;
  readonly hint: string;
}

export const TOOLS: Readonly<Record<ToolKey, Named>> = {
  navigate: { name: 'Navigate', letter: 'v', hint: 'Move the crosshair; nothing is painted' },
  brush: { name: 'Brush', letter: 'b', hint: 'Paint the chosen label' },
  eraser: { name: 'Eraser', letter: 'e', hint: 'Remove labels' },
  threshold: { name: 'Threshold brush', letter: 't', hint: 'Paint only where the image lies in the range' },
  lasso: { name: 'Lasso', letter: 'l', hint: 'Draw around an area to fill it' },
  fill: { name: 'Fill', letter: 'f', hint: 'Give the chosen label to the connected area under the pointer' },
  grow: { name: 'Grow', letter: 'g', hint: 'Grow from a click through similar intensities' },
};

export const ACTIONS: Readonly<Record<ActionKey, Named>> = {
  interpolate: { name: 'Interpolate', letter: 'i', hint: 'Fill the slices between painted ones' },
  growcut: { name: 'Grow-cut', letter: 'u', hint: 'Let all labels grow from what is painted, through similar intensities of all sequences' },
  holes: { name: 'Fill holes', letter: 'h', hint: 'Fill what the label encloses' },
  islands: { name: 'Remove islands', letter: 'k', hint: 'Keep the largest part of the label only' },
  copy: { name: 'Copy to next slice', letter: 'n', hint: 'Copy the label to the next slice, and go there' },
};

export const TOOL_KEYS = Object.keys(TOOLS) as ToolKey[];
export const ACTION_KEYS = Object.keys(ACTIONS) as ActionKey[];

export interface ToolState {
  readonly tool: ToolKey;
  readonly label: number;
  readonly radius_mm: number;
  /** In three dimensions: a ball, a flood through slices. */
  readonly is3d: boolean;
  /** Paint over this label only; null paints over everything. */
  readonly over: number | null;
  /** Share of the image's window within which growing goes on. */
  readonly tolerance: number;
  /** Range of the threshold brush, in shares of the image's window. */
  readonly range: readonly [number, number];
}

export const RADIUS_MM = { least: 0.5, most: 30 } as const;
export const GROW_RADIUS_MM = 40;
/** How far beyond its seeds grow-cut may go. */
export const GROW_CUT_MARGIN_MM = 15;

export function initialTools(label: number): ToolState {
  return { tool: 'brush', label, radius_mm: 4, is3d: false, over: null, tolerance: 0.1, range: [0.6, 1] };
}

/** The next size, finer where it is small. */
export function resized(radius_mm: number, direction: 1 | -1): number {
  const step = radius_mm + (direction < 0 ? -0.01 : 0) < 5 ? 0.5 : radius_mm < 12 ? 1 : 2;
  const next = Math.round((radius_mm + direction * step) * 2) / 2;
  return Math.min(RADIUS_MM.most, Math.max(RADIUS_MM.least, next));
}

export function usesBrush(tool: ToolKey): boolean {
  return tool === 'brush' || tool === 'eraser' || tool === 'threshold';
}

export function overRules({ over }: ToolState): PaintRules {
  return over === null ? {} : { over: [over] };
}

/** The name under which the log keeps what was done. */
export function loggedTool(tool: ToolKey | ActionKey, is3d: boolean): string {
  const inDepth = is3d && (tool === 'fill' || tool === 'grow' || tool === 'holes' || tool === 'islands' || usesBrush(tool as ToolKey));
  return inDepth ? `${tool} 3d` : tool;
}

/** That name for people: `Brush 3D`. */
export function shownTool(logged: string): string {
  const [key = '', depth] = logged.split(' ');
  const named = { ...TOOLS, ...ACTIONS }[key as ToolKey | ActionKey] as Named | undefined;
  return [named?.name ?? logged, named && depth ? '3D' : ''].filter(Boolean).join(' ');
}
