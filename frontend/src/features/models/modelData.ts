/** What a challenge's phases say of its data: how sequences and labels are called. Pure. */
import type { Phase } from '~/api/types';

import type { ModelConfig } from './queries';

export interface DataWords {
  readonly sequences: readonly string[];
  readonly sequenceNames: ReadonlyMap<string, string>;
  readonly labels: readonly number[];
  readonly labelNames: ReadonlyMap<number, string>;
  readonly scheme: string;
}

export function dataWords(phases: readonly Phase[]): DataWords {
  const versions = phases.map(({ dataset_version }) => dataset_version);
  const sequences = versions.flatMap((version) => version.sequences);
  const labels = versions.flatMap(({ scheme }) => scheme.labels);
  const sequenceNames = new Map(sequences.map(({ key, name }) => [key, name]));
  const labelNames = new Map(labels.map(({ value, name }) => [value, name]));
  return {
    sequences: [...sequenceNames.keys()],
    sequenceNames,
    labels: [...labelNames.keys()],
    labelNames,
    scheme: versions[0]?.scheme.slug ?? '',
  };
}

export function sequenceWords(config: Pick<ModelConfig, 'sequences'>, words: Pick<DataWords, 'sequenceNames'>): string {
  return config.sequences.map((key) => words.sequenceNames.get(key) ?? key).join(', ');
}

/** What the model marks, without the background; another scheme's labels are called by their numbers. */
export function labelWords(config: Pick<ModelConfig, 'labels' | 'scheme'>, words: Pick<DataWords, 'labelNames' | 'scheme'>): string[] {
  const name = (label: number) => (config.scheme === words.scheme ? words.labelNames.get(label) : undefined) ?? String(label);
  return config.labels.filter((label) => label !== 0).map(name);
}
