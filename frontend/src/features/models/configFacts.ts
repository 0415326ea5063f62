/** A model's config in words. Pure. */
import { formatList } from '~/format';

import type { Fact } from './Facts';
import { type DataWords, labelWords, sequenceWords } from './modelData';
import { text } from './pageText';
import type { ModelConfig } from './queries';
import { text as training } from './trainingText';

const words = text.config;

export function configFacts(config: ModelConfig, data: DataWords): Fact[] {
  const settings = Object.entries(config.settings);
  return [
    { term: words.network, value: config.architecture ? (training.networks[config.architecture] ?? config.architecture) : words.onnx },
    { term: words.inputs, value: sequenceWords(config, data) },
    { term: words.labels, value: words.scheme(formatList(labelWords(config, data)), config.scheme) },
    { term: words.missing, value: text.missing[config.missing] ?? config.missing },
    { term: words.normalisation, value: text.normalisations[config.normalisation] ?? config.normalisation },
    { term: words.grid, value: config.spacing_mm ? words.resampled(config.spacing_mm.join(' × ')) : words.native },
    { term: words.flips, value: config.flips ? words.flipped : words.notFlipped },
    { term: words.stages, value: stageWords(config.stages) },
    ...(settings.length > 0 ? [{ term: words.settings, value: settings.map(([key, value]) => `${key} ${figure(value)}`).join(', ') }] : []),
  ];
}

function stageWords(stages: ModelConfig['stages']): string {
  if (stages.length === 0) return words.noStages;
  return stages.map(({ kind }) => text.stages[String(kind)] ?? String(kind)).join(', then ');
}

/** A value that somebody set, short: numbers to four digits, lists and objects as JSON. */
export function figure(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of a card or a training's summary: what is nested goes under dotted names. */
export function flatFigures(figures: Readonly<Record<string, unknown>>, prefix = ''): { term: string; value: string }[] {
  return Object.entries(figures).flatMap(([key, value]) => {
    const term = `${prefix}${key.replaceAll('_', ' ')}`;
    if (value === null || value === undefined || value === '') return [];
    if (typeof value === 'object' && !Array.isArray(value)) return flatFigures(value as Record<string, unknown>, `${term} · `);
    return [{ term, value: figure(value) }];
  });
}
