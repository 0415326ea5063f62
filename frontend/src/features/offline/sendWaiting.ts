/** Send what waits on this device for annotations that are open nowhere. */
import { answered, api } from '~/api/client';
import { tellKeptChange } from '~/offline';

import { Drawing } from '../drawing';
import { unsentCounts } from '../studio/deviceStore';
import { Journal } from '../studio/journal';
import { openAnnotation } from '../studio/opening';
import { ifOpenNowhere } from '../studio/openTabs';

/**
 * Edits of annotations of others stay where they are.
 *
 * @throws ApiProblem or TypeError where the server cannot be asked.
 */
export async function sendWaiting(person: number): Promise<void> {
  const waiting = await unsentCounts(person);
  if (waiting.size === 0) return;
  const query = { rater: person, limit: 1000 };
  const { results } = await answered(api.GET('/api/v1/assignments/', { params: { query } }));
  for (const { rater, annotation } of results) {
    if (rater.id === person && waiting.has(annotation.id)) await ifOpenNowhere(annotation.id, () => send(annotation.id, person));
  }
  tellKeptChange();
}

async function send(annotation: string, person: number): Promise<void> {
  const opened = await openAnnotation(annotation, person);
  if (opened.fromDevice || opened.unconfirmed.length === 0) return;
  const canvas = new Drawing(opened.labelmap, () => undefined);
  const journal = new Journal({ ...opened, canvas, onHistory: () => undefined });
  journal.replay(opened.unconfirmed);
  await journal.flush();
}
