/** For tests: an adjudication's log like the server's, in memory, whose network can be hurt. */
import { ApiProblem } from '~/api/problem';
import type { RoomEdit } from '~/live';
import { applyEdit, decodeEdit, type Edit, editBetween, encodeEdit, type Labelmap, rebaseEdit } from '~/viewer';

import { base64ToBytes, bytesToBase64 } from '../drawing';
import type { RoomServer } from './roomJournal';
import type { EditLog, LogStep, SentEdit } from './server';

/** What every page in the room is connected to. */
export class FakeRoom {
  readonly log: LogStep[] = [];
  readonly records: Edit[] = [];
  readonly voxels: Uint8Array;
  readonly pages: FakeConnection[] = [];
  isClosed = false;
  private readonly states: Uint8Array[];
  private queue: Promise<unknown> = Promise.resolve();

  constructor(readonly base: Labelmap) {
    this.voxels = base.voxels.slice();
    this.states = [this.voxels.slice()];
  }

  get head(): number {
    return this.log.length;
  }

  stateAt(number: number): Uint8Array {
    return (this.states[number] ?? new Uint8Array()).slice();
  }

  /** One request after the other, as under the server's lock. */
  append(author: number, edits: readonly SentEdit[]): Promise<EditLog> {
    const work = async () => {
      for (const edit of edits) {
        const wanted = await decodeEdit(base64ToBytes(edit.runs), this.voxels.length);
        await this.write(author, edit, () => rebaseEdit(wanted, this.voxels));
      }
      return this.answer(edits.map(({ edit_id }) => edit_id));
    };
    return this.inTurn(work);
  }

  /** Every region is the first half of the voxels, and every source labels it 3. */
  take(author: number, { edit_id, region, source }: { edit_id: string; region: number; source: string }): Promise<EditLog> {
    const after = () => this.voxels.map((label, i) => (i < this.voxels.length / 2 ? 3 : label));
    const step = { edit_id, tool: 'take', runs: '', active_ms: 0, region, source };
    return this.inTurn(async () => {
      await this.write(author, step, () => editBetween(this.voxels, after()));
      return this.answer([edit_id]);
    });
  }

  private inTurn(work: () => Promise<EditLog>): Promise<EditLog> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async write(
    author: number,
    { edit_id, tool, label, undoes, region, source }: SentEdit & { region?: number; source?: string },
    effect: () => Edit,
  ): Promise<void> {
    if (this.log.some((step) => step.edit_id === edit_id)) return;
    if (this.isClosed) throw new ApiProblem(409, 'adjudication_closed', 'It is signed.');
    if (undoes && !this.log.some((step) => step.edit_id === undoes)) throw new ApiProblem(400, 'bad_edit', 'Unknown undo.');
    const edit = effect();
    const runs = bytesToBase64(await encodeEdit(edit));
    applyEdit(this.voxels, edit);
    this.records.push(edit);
    this.states.push(this.voxels.slice());
    const step: LogStep = {
      number: this.head + 1,
      edit_id,
      author: { id: author, username: `person-${author}`, name: `Person ${author}` },
      tool,
      label: label ?? null,
      source: source ?? '',
      region: region ?? null,
      regions: [],
      runs,
      voxels_changed: 0,
      undoes: undoes ?? null,
      created_at: '',
    };
    this.log.push(step);
    for (const page of this.pages) page.show(step);
  }

  private answer(edit_ids: readonly string[]): EditLog {
    return { head: this.head, edits: edit_ids.flatMap((id) => this.log.filter(({ edit_id }) => edit_id === id)) };
  }
}

/** One page's way to the room; `random` says how its network behaves. */
export class FakeConnection implements RoomServer {
  isOnline = true;
  hear: (edits: readonly RoomEdit[]) => void = () => undefined;
  /** Of ten requests so many lose their answer, and of ten frames so many get lost, or come late. */
  harm = 0;

  constructor(
    private readonly room: FakeRoom,
    readonly person: number,
    private readonly random: (limit: number) => number,
  ) {
    room.pages.push(this);
  }

  append(edits: readonly SentEdit[]): Promise<EditLog> {
    return this.request(() => this.room.append(this.person, edits));
  }

  appendOnLeaving(edits: readonly SentEdit[]): void {
    if (this.isOnline) void this.room.append(this.person, edits).catch(() => undefined);
  }

  take(take: { edit_id: string; region: number; source: string }): Promise<EditLog> {
    return this.request(() => this.room.take(this.person, take));
  }

  after(number: number): Promise<EditLog> {
    return this.request(() => Promise.resolve({ head: this.room.head, edits: this.room.log.slice(number) }));
  }

  labelmap(number: number): Promise<Labelmap> {
    return this.request(() => Promise.resolve({ ...this.room.base, voxels: this.room.stateAt(number) }));
  }

  show(step: LogStep): void {
    if (!this.isOnline || this.random(10) < this.harm) return;
    const isTooLarge = this.random(10) < this.harm;
    void this.delay().then(() => this.isOnline && this.hear([{ ...step, runs: isTooLarge ? null : step.runs }]));
  }

  private async request<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    await this.delay();
    if (!this.isOnline) throw new TypeError('Failed to fetch');
    const answer = await act();
    await this.delay();
    if (!this.isOnline || this.random(10) < this.harm) throw new TypeError('Failed to fetch');
    return answer;
  }

  /** Some turns of the event loop, so that answers and frames overtake each other. */
  private async delay(): Promise<void> {
    for (let turns = this.random(1 + 2 * this.harm); turns > 0; turns -= 1) await turn();
  }
}

/** Others get their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
