/** Models over phases and over sets of sequences, with the raters beside them. Pure. */
import type { Leaderboard } from '~/api/types';

import type { ComparedRun, ModelComparison } from './queries';
import { subsetKey, subsetsOf } from './subsets';

/** A region's key, or null for the mean over all regions. */
export type RegionKey = string | null;

export interface PhaseDot {
  readonly phase: string;
  readonly model: string;
  readonly value: number;
  /** Whether the model saw cases of this phase in its training. */
  readonly seen: boolean;
  readonly run_id: string;
}

export interface RaterTick {
  readonly phase: string;
  readonly rater: string;
  readonly value: number;
}

interface Means {
  readonly means: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly overall: Readonly<Record<string, number | null>>;
}

/** Null where it was not measured, or is not defined. */
export function valueOf(row: Means, metric: string, region: RegionKey): number | null {
  const value = region === null ? row.overall[metric] : row.means[metric]?.[region];
  return value ?? null;
}

/** "U-Net v2". */
export function modelName({ version }: Pick<ComparedRun, 'version'>): string {
  return `${version.algorithm.name} v${version.number}`;
}

/** Every version that was given all that it takes, phase by phase. */
export function phaseDots({ phases, rows }: ModelComparison, metric: string, region: RegionKey): PhaseDot[] {
  const titles = new Map(phases.map(({ id, title }) => [id, title]));
  return rows
    .filter(({ is_whole }) => is_whole)
    .flatMap((row) => {
      const value = valueOf(row, metric, region);
      const phase = titles.get(row.phase_id);
      if (value === null || phase === undefined) return [];
      return [{ phase, model: modelName(row), value, seen: row.trained_on_cases > 0, run_id: row.run_id }];
    });
}

/** The raters of each phase's board, as they are scored against the others. */
export function raterTicks(boards: readonly Leaderboard[], metric: string, region: RegionKey): RaterTick[] {
  return boards.flatMap(({ phase, human_rows }) =>
    human_rows.flatMap((row) => {
      const value = valueOf(row, metric, region);
      return value === null ? [] : [{ phase: phase.title, rater: row.rater.alias, value }];
    }),
  );
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export function rangeOf(values: readonly number[]): Range | null {
  return values.length === 0 ? null : { low: Math.min(...values), high: Math.max(...values) };
}

export interface SubsetCell {
  readonly subset: readonly string[];
  readonly model: string;
  readonly value: number;
  readonly run_id: string;
}

export interface SubsetTable {
  /** Rows, large sets first. */
  readonly subsets: readonly (readonly string[])[];
  /** Columns, as they first occur. */
  readonly models: readonly string[];
  readonly cells: readonly SubsetCell[];
}

/** One phase's runs by the sequences that the model was given; models that were run with one set only are left out. */
export function subsetTable(rows: readonly ComparedRun[], phaseId: string, metric: string, region: RegionKey): SubsetTable {
  const ofPhase = rows.filter(({ phase_id }) => phase_id === phaseId);
  const partial = new Set(ofPhase.filter(({ is_whole }) => !is_whole).map(({ version }) => version.id));
  const shown = ofPhase.filter(({ version }) => partial.has(version.id));
  const cells = shown.flatMap((row) => {
    const value = valueOf(row, metric, region);
    return value === null ? [] : [{ subset: row.sequences, model: modelName(row), value, run_id: row.run_id }];
  });
  const sequences = [...new Set(shown.toSorted((a, b) => b.sequences.length - a.sequences.length).flatMap((row) => row.sequences))];
  return {
    subsets: shown.length === 0 ? [] : subsetsOf(sequences),
    models: [...new Set(cells.map(({ model }) => model))],
    cells,
  };
}

/** The cells of one set of sequences, whatever order each model names them in. */
export function cellsOf(table: SubsetTable, subset: readonly string[]): SubsetCell[] {
  const key = subsetKey(subset);
  return table.cells.filter((cell) => subsetKey(cell.subset) === key);
}

export interface Standing {
  readonly metric: string;
  readonly phase: string;
  readonly value: number;
  readonly raters: Range | null;
  readonly trainedOnCases: number;
}

/** The newest whole run of a model on the first phase that has one, and its raters; null where it was never scored. */
export function standingOf(
  algorithmId: string,
  { phases, rows }: ModelComparison,
  boards: readonly Leaderboard[],
): Standing | null {
  for (const phase of phases) {
    const found = rows.findLast(
      (row) => row.version.algorithm.id === algorithmId && row.phase_id === phase.id && row.is_whole,
    );
    const value = found ? valueOf(found, phase.metric, null) : null;
    if (value === null) continue;
    const humans = boards.find((board) => board.phase.id === phase.id)?.human_rows ?? [];
    const raters = rangeOf(humans.flatMap((row) => valueOf(row, phase.metric, null) ?? []));
    return { metric: phase.metric, phase: phase.title, value, raters, trainedOnCases: found?.trained_on_cases ?? 0 };
  }
  return null;
}

/** How full a cell is drawn, 0.08 to 0.45: the better of the values, the fuller; words on it stay readable. */
export function strengthOf(value: number, all: readonly number[], higherIsBetter: boolean): number {
  const range = rangeOf(all);
  if (range === null || range.high === range.low) return 0.25;
  const share = (value - range.low) / (range.high - range.low);
  return 0.08 + 0.37 * (higherIsBetter ? share : 1 - share);
}
