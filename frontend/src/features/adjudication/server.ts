/** The server's log of an adjudication: its order wins, so nothing that is painted is refused for what came before it. */
import { csrfToken } from '~/api/csrf';
import { problemFrom } from '~/api/problem';
import type { components } from '~/api/schema';
import { decodeNifti, type Labelmap, toLabelmap, type Volume } from '~/viewer';

import { adjudicationUrl, sourceUrl } from './addresses';

type Schemas = components['schemas'];
export type LogStep = Schemas['AdjudicationEdit'];
export type EditLog = Schemas['AdjudicationEditLog'];
export type SentEdit = Schemas['AppendAdjudicationEditsRequest']['edits'][number];
export type SentTake = Schemas['TakeRegionRequest'];

export interface AdjudicationServer {
  /** @throws ApiProblem when it is refused, TypeError when no server answered. */
  append(edits: readonly SentEdit[]): Promise<EditLog>;
  /** The same without waiting for the answer, while the page goes away. */
  appendOnLeaving(edits: readonly SentEdit[]): void;
  take(take: SentTake): Promise<EditLog>;
  /** Every step after a number, in order. */
  after(number: number): Promise<EditLog>;
  labelmap(number: number): Promise<Labelmap>;
  /** The number of every voxel's region, 0 elsewhere. */
  regions(): Promise<Volume>;
}

export function adjudicationServer(id: string): AdjudicationServer {
  const post = (part: string, body: object, keepalive = false) =>
    fetch(adjudicationUrl(id, part), {
      method: 'POST',
      credentials: 'same-origin',
      keepalive,
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
      body: JSON.stringify(body),
    });
  const write = async (part: string, body: object) => (await checked(await post(part, body))).json() as Promise<EditLog>;
  return {
    append: (edits) => write('edits/', { edits }),
    appendOnLeaving: (edits) => void post('edits/', { edits }, true).catch(() => undefined),
    take: (take) => write('takes/', take),
    async after(number) {
      const steps: LogStep[] = [];
      for (;;) {
        const from = steps.at(-1)?.number ?? number;
        const part = (await (await read(adjudicationUrl(id, `edits/?after=${from}`))).json()) as EditLog;
        steps.push(...part.edits);
        if (part.edits.length === 0 || (steps.at(-1)?.number ?? 0) >= part.head) return { head: part.head, edits: steps };
      }
    },
    labelmap: async (number) => toLabelmap(await volume(adjudicationUrl(id, `labelmap/?revision=${number}`))),
    regions: () => volume(sourceUrl(id, 'regions')),
  };
}

async function volume(address: string): Promise<Volume> {
  return decodeNifti(new Uint8Array(await (await read(address)).arrayBuffer()));
}

async function read(address: string): Promise<Response> {
  return checked(await fetch(address, { credentials: 'same-origin' }));
}

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  throw problemFrom(answer.status, await answer.json().catch(() => null));
}
