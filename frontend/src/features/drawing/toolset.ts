/** The tools: their names, keys, and the options that they share. */
import type { PaintRules } from '~/viewer';

export type ToolKey = 'navigate' | 'brush' | 'eraser' | 'threshold' | 'lasso' | 'fill' | 'grow' | 'unsure';

/** What is done at once, with the chosen label in the chosen plane. */
export type ActionKey = 'interpolate' | 'growcut' | 'holes' | 'islands' | 'copy';

/** Names of the log that are no tool to choose: what mends a finding. */
type MendKey = 'fix';

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
  unsure: { name: 'Confidence brush', letter: 'y', hint: 'Mark where you are unsure; labels stay. Again: clear marks' },
};

export const ACTIONS: Readonly<Record<ActionKey, Named>> = {
  interpolate: { name: 'Interpolate', letter: 'i', hint: 'Fill the slices between painted ones' },
  growcut: { name: 'Grow-cut', letter: 'u', hint: 'Let all labels grow from what is painted, through similar intensities of all sequences' },
  holes: { name: 'Fill holes', letter: 'h', hint: 'Fill what the label encloses' },
  islands: { name: 'Remove islands', letter: 'k', hint: 'Keep the largest part of the label only' },
  copy: { name: 'Copy to next slice', letter: 'n', hint: 'Copy the label to the next slice, and go there' },
};

const MENDS: Readonly<Record<MendKey, Pick<Named, 'name'>>> = { fix: { name: 'Linter fix' } };

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
  /** What painting encloses stays consistent with the scheme's regions. */
  readonly keepRegions: boolean;
  /** What the confidence brush does with marks. */
  readonly marks: 'unsure' | 'sure';
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
  return { tool: 'brush', label, radius_mm: 4, is3d: false, over: null, keepRegions: false, marks: 'unsure', tolerance: 0.1, range: [0.6, 1] };
}

/** The next size, finer where it is small. */
export function resized(radius_mm: number, direction: 1 | -1): number {
  const step = radius_mm + (direction < 0 ? -0.01 : 0) < 5 ? 0.5 : radius_mm < 12 ? 1 : 2;
  const next = Math.round((radius_mm + direction * step) * 2) / 2;
  return Math.min(RADIUS_MM.most, Math.max(RADIUS_MM.least, next));
}

export function usesBrush(tool: ToolKey): boolean {
  return tool === 'brush' || tool === 'eraser' || tool === 'threshold' || tool === 'unsure';
}

/** Whether the tool leaves the chosen label. */
export function paintsLabels(tool: ToolKey): boolean {
  return tool !== 'navigate' && tool !== 'eraser' && tool !== 'unsure';
}

export function overRules({ over }: ToolState): PaintRules {
  return over === null ? {} : { over: [over] };
}

export type LoggedKey = ToolKey | ActionKey | MendKey;

/** Whether regions are kept consistent after it: where the chosen label was painted, not after taking away or marking. */
export function closesRegions(tool: LoggedKey): boolean {
  return !['eraser', 'unsure', 'fix', 'islands', 'growcut'].includes(tool);
}

/** The name under which the log keeps what was done. */
export function loggedTool(tool: LoggedKey, is3d: boolean): string {
  const inDepth = is3d && (tool === 'fill' || tool === 'grow' || tool === 'holes' || tool === 'islands' || usesBrush(tool as ToolKey));
  return inDepth ? `${tool} 3d` : tool;
}

/** That name for people: `Brush 3D`. */
export function shownTool(logged: string): string {
  const [key = '', depth] = logged.split(' ');
  const named = { ...TOOLS, ...ACTIONS, ...MENDS }[key as LoggedKey] as Pick<Named, 'name'> | undefined;
  return [named?.name ?? logged, named && depth ? '3D' : ''].filter(Boolean).join(' ');
}

/** What comes after painting over everything, background only, or one label after the other. */
export function nextOver(labels: readonly { readonly value: number }[], over: number | null): number | null {
  const choices = [null, 0, ...labels.map(({ value }) => value).filter((value) => value !== 0)];
  return choices[(choices.indexOf(over) + 1) % choices.length] ?? null;
}
