/** What the training dialog holds, as the server asks for it. Pure. */
import type { components } from '~/api/schema';

import { readObject } from './jsonObject';
import type { Architecture } from './queries';

/** Numbers are '' where a field was emptied; `recipe` and `settings` are JSON. */
export interface TrainingValues {
  dataset_version: string;
  architecture: Architecture;
  minutes: number | string;
  held_out_percent: number | string;
  seed: number | string;
  split_seed: number | string;
  recipe: string;
  settings: string;
  /** A strategy for a missing sequence; '' is the network's own. */
  missing: string;
  needs_gpu: boolean;
}

export function trainingBody(values: TrainingValues): components['schemas']['StartTrainingRequest'] {
  return {
    dataset_version: values.dataset_version,
    architecture: values.architecture,
    budget_s: Math.round(60 * Number(values.minutes)),
    validation_share: Number(values.held_out_percent) / 100,
    seed: Number(values.seed),
    split_seed: Number(values.split_seed),
    recipe: readObject(values.recipe).value ?? {},
    settings: readObject(values.settings).value ?? {},
    options: values.missing ? { missing: values.missing } : {},
    needs_gpu: values.needs_gpu,
  };
}
