/** For tests: a log like the server's, in memory, with faults to switch on. Encodes and checks as the server does. */
import { ApiProblem } from '~/api/problem';
import { applyEdit, decodeEdit, EditError, type Labelmap } from '~/viewer';

import { base64ToBytes } from '../drawing';
import type { Appended, EditServer, LogStep, SentEdit } from './editServer';

export class FakeServer implements EditServer {
  readonly log: LogStep[] = [];
  readonly voxels: Uint8Array;
  /** What the next requests meet: no network, an answer that is lost on its way, or a refusal. */
  faults: ('offline' | 'lost-answer' | ApiProblem)[] = [];
  /** Edits that are told to be bad. */
  refuses: ReadonlySet<string> = new Set();
  /** Requests that came with each size. */
  readonly posts: number[] = [];
  readonly states: Uint8Array[];

  constructor(private readonly empty: Labelmap) {
    this.voxels = empty.voxels.slice();
    this.states = [this.voxels.slice()];
  }

  get head(): number {
    return this.log.length;
  }

  async append(edits: readonly SentEdit[], head: number): Promise<Appended> {
    this.posts.push(edits.length);
    const fault = this.faults.shift();
    if (fault === 'offline') throw new TypeError('Failed to fetch');
    if (fault instanceof ApiProblem) throw fault;
    const answer = await this.accept(edits, head);
    if (fault === 'lost-answer') throw new TypeError('Failed to fetch');
    return answer;
  }

  appendOnLeaving(edits: readonly SentEdit[], head: number): void {
    void this.append(edits, head).catch(() => undefined);
  }

  after(number: number) {
    return Promise.resolve({ head: this.head, edits: this.log.slice(number) });
  }

  labelmap(number: number): Promise<Labelmap> {
    return Promise.resolve({ ...this.empty, voxels: (this.states[number] ?? new Uint8Array()).slice() });
  }

  file(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.reject(new Error('This server has no files.'));
  }

  restore(number: number, edit_id: string, head: number): Promise<number> {
    const fault = this.faults.shift();
    if (fault === 'offline') return Promise.reject(new TypeError('Failed to fetch'));
    if (fault instanceof ApiProblem) return Promise.reject(fault);
    const known = this.log.find((step) => step.edit_id === edit_id);
    if (known) return Promise.resolve(known.number);
    if (head !== this.head) return Promise.reject(new ApiProblem(412, 'revision_outdated', 'Outdated.'));
    this.voxels.set(this.states[number] ?? new Uint8Array());
    this.push({ edit_id, kind: 'restore', tool: '', label: null, runs: null, undoes: null });
    return fault === 'lost-answer' ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(this.head);
  }

  /** A labelmap uploaded by another program. */
  upload(voxels: Uint8Array): void {
    this.voxels.set(voxels);
    this.push({ edit_id: `upload-${this.head}`, kind: 'upload', tool: '', label: null, runs: null, undoes: null });
  }

  private async accept(edits: readonly SentEdit[], head: number): Promise<Appended> {
    const decoded = await Promise.all(edits.map(({ runs }) => decodeEdit(base64ToBytes(runs), this.voxels.length)));
    // From here on nothing waits, as under the server's lock.
    const bad = edits.find(({ edit_id }) => this.refuses.has(edit_id));
    if (bad) throw new ApiProblem(400, 'bad_edit', 'A label that the scheme does not have.', {}, { edit_id: bad.edit_id });
    const isKnown = ({ edit_id }: SentEdit) => this.log.some((step) => step.edit_id === edit_id);
    const fresh = edits.map((edit, i) => ({ edit, runs: decoded[i] })).filter(({ edit }) => !isKnown(edit));
    if (fresh.length > 0 && head !== this.head) throw new ApiProblem(412, 'revision_outdated', 'Outdated.');
    const state = this.voxels.slice();
    try {
      for (const { runs } of fresh) if (runs) applyEdit(state, runs);
    } catch (error) {
      if (error instanceof EditError) throw new ApiProblem(409, 'edit_diverged', error.message);
      throw error;
    }
    for (const { edit, runs } of fresh) {
      if (runs) applyEdit(this.voxels, runs);
      const { edit_id, tool, runs: record } = edit;
      this.push({ edit_id, kind: 'edit', tool, label: edit.label ?? null, runs: record, undoes: edit.undoes ?? null });
    }
    const number = (edit_id: string) => this.log.findIndex((step) => step.edit_id === edit_id) + 1;
    return { head: this.head, revisions: edits.map(({ edit_id }) => ({ edit_id, number: number(edit_id) })) };
  }

  private push(step: Pick<LogStep, 'edit_id' | 'kind' | 'tool' | 'label' | 'runs' | 'undoes'>): void {
    const rest = { note: '', voxels_changed: 0, active_ms: 0, started_at: null, created_at: '' };
    this.log.push({ ...step, ...rest, number: this.head + 1 });
    this.states.push(this.voxels.slice());
  }
}
