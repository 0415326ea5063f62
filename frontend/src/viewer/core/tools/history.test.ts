// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { applyEdit, type Edit, editBetween, EditError, invertEdit } from '../edits';
import {
  EMPTY_HISTORY,
  type History,
  type NamedEdit,
  rebasePending,
  redo,
  type Step,
  undo,
  withEdit,
  withRebased,
} from './history';
import { type Chance, forSeeds } from './testGrids';

const named = (edit_id: string, edit: Edit, tool = 'brush'): NamedEdit => ({ edit_id, tool, label: 1, edit, undoes: null });
const painted = (voxels: Uint8Array, from: number, to: number, label: number) =>
  editBetween(voxels, voxels.slice().fill(label, from, to));

function take(voxels: Uint8Array, step: Step | null): Step {
  if (!step) throw new Error('there is nothing to take');
  applyEdit(voxels, step.edit.edit);
  return step;
}

describe('undo and redo', () => {
  it('goes all the way back and all the way forth, naming each step', () => {
    forSeeds(20, (chance) => {
      const voxels = new Uint8Array(60);
      const states = [voxels.slice()];
      let history: History = EMPTY_HISTORY;
      for (let i = 0; i < 12; i += 1) {
        const from = chance.whole(0, 59);
        const edit = named(`e${i}`, painted(voxels, from, chance.whole(from, 60), chance.whole(0, 3)), `tool ${i}`);
        applyEdit(voxels, edit.edit);
        history = withEdit(history, edit);
        states.push(voxels.slice());
      }
      for (let i = 11; i >= 0; i -= 1) {
        const step = take(voxels, undo(history, voxels, `u${i}`));
        expect([step.edit.tool, step.edit.undoes]).toEqual([`tool ${i}`, `e${i}`]);
        expect(voxels).toEqual(states[i]);
        history = step.history;
      }
      expect(undo(history, voxels, 'x')).toBeNull();
      for (let i = 0; i < 12; i += 1) {
        const step = take(voxels, redo(history, voxels, `r${i}`));
        expect([step.edit.tool, step.edit.undoes]).toEqual([`tool ${i}`, `u${i}`]);
        expect(voxels).toEqual(states[i + 1]);
        history = step.history;
      }
      expect(redo(history, voxels, 'x')).toBeNull();
      take(voxels, undo(history, voxels, 'again'));
      expect(voxels).toEqual(states[11]);
    });
  });

  it('forgets what could be redone once something new is painted', () => {
    const voxels = new Uint8Array(4);
    const first = named('a', painted(voxels, 0, 2, 1));
    applyEdit(voxels, first.edit);
    const undone = take(voxels, undo(withEdit(EMPTY_HISTORY, first), voxels, 'u')).history;
    expect(undone.undone).toHaveLength(1);
    expect(withEdit(undone, named('b', painted(voxels, 1, 3, 2))).undone).toEqual([]);
  });

  it('leaves alone what others painted since', () => {
    const voxels = new Uint8Array(6);
    const own = named('a', painted(voxels, 0, 4, 1));
    applyEdit(voxels, own.edit);
    applyEdit(voxels, painted(voxels, 2, 6, 3));
    const step = take(voxels, undo(withEdit(EMPTY_HISTORY, own), voxels, 'u'));
    expect(Array.from(voxels)).toEqual([0, 0, 3, 3, 3, 3]);
    take(voxels, redo(step.history, voxels, 'r'));
    expect(Array.from(voxels)).toEqual([1, 1, 3, 3, 3, 3]);
  });
});

describe('pulling edits of others under one\'s own', () => {
  it('paints one\'s own strokes over theirs, and undoes to theirs', () => {
    const voxels = new Uint8Array(6);
    const own = named('a', painted(voxels, 0, 4, 1));
    const theirs = painted(voxels, 2, 6, 3);
    applyEdit(voxels, own.edit);
    let history = withEdit(EMPTY_HISTORY, own);
    const rebased = rebasePending(voxels, [own], [named('b', theirs)], () => undefined);
    expect(Array.from(voxels)).toEqual([1, 1, 1, 1, 3, 3]);
    history = withRebased(history, rebased);
    take(voxels, undo(history, voxels, 'u'));
    expect(Array.from(voxels)).toEqual([0, 0, 3, 3, 3, 3]);
  });

  it('undoes to theirs also when the undo was made before they were known', () => {
    const voxels = new Uint8Array(6);
    const theirs = painted(voxels, 2, 6, 3);
    const own = named('a', painted(voxels, 0, 4, 1));
    applyEdit(voxels, own.edit);
    const undone = take(voxels, undo(withEdit(EMPTY_HISTORY, own), voxels, 'u')).edit;
    rebasePending(voxels, [own, undone], [named('b', theirs)], () => undefined);
    expect(Array.from(voxels)).toEqual([0, 0, 3, 3, 3, 3]);
  });

  it('knows its own edits again when the server\'s answer was lost', () => {
    const voxels = new Uint8Array(4);
    const [first, theirs] = [named('a', painted(voxels, 0, 3, 1)), named('b', editBetween(Uint8Array.of(1, 1, 1, 0), Uint8Array.of(2, 1, 1, 0)))];
    applyEdit(voxels, first.edit);
    const second = named('c', painted(voxels, 2, 4, 4));
    applyEdit(voxels, second.edit);
    const rebased = rebasePending(voxels, [first, second], [first, theirs], () => undefined);
    expect(Array.from(voxels)).toEqual([2, 1, 4, 4]);
    expect(rebased.confirmed.map(({ edit_id }) => edit_id)).toEqual(['a']);
    expect(rebased.pending.map(({ edit_id }) => edit_id)).toEqual(['c']);
  });

  it('changes nothing where the copies have come apart', () => {
    const voxels = Uint8Array.of(1, 1, 0);
    const own = named('a', editBetween(Uint8Array.of(0, 0, 0), voxels));
    const theirs = [
      named('b', painted(new Uint8Array(3), 2, 3, 5)),
      named('c', editBetween(Uint8Array.of(9, 0, 0), new Uint8Array(3))),
    ];
    expect(() => rebasePending(voxels, [own], theirs, () => undefined)).toThrow(EditError);
    expect(Array.from(voxels)).toEqual([1, 1, 0]);
  });

  it('brings server and clients together after any strokes, undos, redos, rebases and lost answers', () => {
    forSeeds(80, (chance) => {
      const server = new Server();
      const clients = [new Client('A', server), new Client('B', server), new Client('C', server)];
      for (let i = 0; i < 80; i += 1) act(clients[chance.whole(0, 2)], chance);
      for (const client of clients) client.flush();
      for (const client of clients) client.flush();
      for (const client of clients) expect(client.voxels).toEqual(server.voxels);

      const replayed = new Uint8Array(VOXELS);
      for (const { edit } of server.log) applyEdit(replayed, edit);
      expect(replayed).toEqual(server.voxels);
      for (const { edit } of [...server.log].reverse()) applyEdit(replayed, invertEdit(edit));
      expect(replayed).toEqual(new Uint8Array(VOXELS));
      expect(new Set(server.log.map(({ edit_id }) => edit_id)).size).toBe(server.log.length);
      expect(server.log.length).toBe(clients.reduce((sum, client) => sum + client.made, 0));
    });
  });
});

const VOXELS = 40;

/** A log that takes edits only in the order in which they follow on it. */
class Server {
  readonly log: NamedEdit[] = [];
  readonly voxels = new Uint8Array(VOXELS);

  /** @returns whether the sender had seen everything. */
  post(seen: number, edits: readonly NamedEdit[]): boolean {
    if (seen !== this.log.length) return false;
    for (const edit of edits) {
      applyEdit(this.voxels, edit.edit);
      this.log.push(edit);
    }
    return true;
  }
}

class Client {
  readonly voxels = new Uint8Array(VOXELS);
  made = 0;
  private history: History = EMPTY_HISTORY;
  private pending: NamedEdit[] = [];
  private seen = 0;

  constructor(
    private readonly name: string,
    private readonly server: Server,
  ) {}

  paint(from: number, to: number, label: number): void {
    const edit = named(this.newId(), painted(this.voxels, from, to, label));
    applyEdit(this.voxels, edit.edit);
    this.history = withEdit(this.history, edit);
    this.pending.push(edit);
  }

  go(direction: typeof undo): void {
    const step = direction(this.history, this.voxels, `${this.name}${this.made + 1}`);
    if (!step) return;
    this.made += 1;
    applyEdit(this.voxels, step.edit.edit);
    this.history = step.history;
    this.pending.push(step.edit);
  }

  pull(): void {
    const incoming = this.server.log.slice(this.seen);
    const known = (edit_id: string) => this.server.log.find((edit) => edit.edit_id === edit_id)?.edit;
    const rebased = rebasePending(this.voxels, this.pending, incoming, known);
    this.pending = [...rebased.pending];
    this.history = withRebased(this.history, rebased);
    this.seen += incoming.length;
  }

  flush(): void {
    if (!this.server.post(this.seen, this.pending)) {
      this.pull();
      this.server.post(this.seen, this.pending);
    }
    this.seen += this.pending.length;
    this.pending = [];
  }

  /** Send without ever hearing the answer. */
  flushUnheard(): void {
    this.server.post(this.seen, this.pending);
  }

  private newId(): string {
    this.made += 1;
    return `${this.name}${this.made}`;
  }
}

function act(client: Client | undefined, chance: Chance): void {
  const from = chance.whole(0, VOXELS - 1);
  const choice = chance.next();
  if (choice < 0.45) client?.paint(from, chance.whole(from, VOXELS), chance.whole(0, 4));
  else if (choice < 0.65) client?.go(undo);
  else if (choice < 0.78) client?.go(redo);
  else if (choice < 0.88) client?.pull();
  else if (choice < 0.93) client?.flushUnheard();
  else client?.flush();
}
