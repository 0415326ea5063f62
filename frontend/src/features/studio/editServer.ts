/** The server's log of edits of one annotation. */
import { csrfToken } from '~/api/csrf';
import { problemFrom } from '~/api/problem';
import type { components } from '~/api/schema';
import { decodeNifti, toLabelmap, type Labelmap } from '~/viewer';

type Schemas = components['schemas'];
export type SentEdit = Schemas['AppendEditsRequest']['edits'][number];
export type Appended = Schemas['AppendedEdits'];
export type EditLog = Schemas['EditLog'];
export type LogStep = EditLog['edits'][number];

export interface EditServer {
  /** @throws ApiProblem when it is refused, TypeError when no server answered. */
  append(edits: readonly SentEdit[], head: number): Promise<Appended>;
  /** The same without waiting for the answer, while the page goes away. */
  appendOnLeaving(edits: readonly SentEdit[], head: number): void;
  /** Every step after a revision, in order. */
  after(number: number): Promise<EditLog>;
  labelmap(number: number): Promise<Labelmap>;
  /** A revision's labelmap as the file that the server makes of it: NIfTI, gzipped. */
  file(number: number): Promise<Uint8Array<ArrayBuffer>>;
  /** @returns the number of the revision that it has become. */
  restore(number: number, edit_id: string, head: number): Promise<number>;
}

export function editServer(annotation: string): EditServer {
  const base = `/api/v1/annotations/${annotation}`;
  const write = (path: string, head: number, body: object, keepalive = false) =>
    fetch(base + path, {
      method: 'POST',
      credentials: 'same-origin',
      keepalive,
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken(), 'If-Match': `"${head}"` },
      body: JSON.stringify(body),
    });
  const file = async (number: number) =>
    new Uint8Array(await (await read(`${base}/labelmap/?revision=${number}`)).arrayBuffer());
  return {
    append: async (edits, head) => (await checked(await write('/edits/', head, { edits }))).json() as Promise<Appended>,
    appendOnLeaving: (edits, head) => void write('/edits/', head, { edits }, true).catch(() => undefined),
    async after(number) {
      const steps: LogStep[] = [];
      for (;;) {
        const from = steps.at(-1)?.number ?? number;
        const part = (await (await read(`${base}/edits/?after=${from}`)).json()) as EditLog;
        steps.push(...part.edits);
        if (part.edits.length === 0 || (steps.at(-1)?.number ?? 0) >= part.head) return { head: part.head, edits: steps };
      }
    },
    file,
    labelmap: async (number) => toLabelmap(await decodeNifti(await file(number))),
    async restore(revision, edit_id, head) {
      const answer = await checked(await write('/restore/', head, { revision, edit_id }));
      return ((await answer.json()) as Schemas['Revision']).number;
    },
  };
}

async function read(address: string): Promise<Response> {
  return checked(await fetch(address, { credentials: 'same-origin' }));
}

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  throw problemFrom(answer.status, await answer.json().catch(() => null));
}
