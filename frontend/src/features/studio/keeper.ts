/** Whether this device has the edits that the server has not confirmed. */
import type { DeviceStore } from './deviceStore';
import type { LoggedEdit } from './loggedEdit';

/** A device that takes longer is as good as none: the server must not wait for it. */
const PATIENCE_MS = 5_000;

export class Keeper {
  /** Whether it took the last edit. */
  private keeps: boolean;
  private readonly wanted = new Set<string>();
  private readonly unkept = new Set<string>();
  private readonly beingWritten = new Set<string>();

  /** @param device null where this browser has none. */
  constructor(
    private readonly device: DeviceStore | null,
    private readonly onChange: () => void,
  ) {
    this.keeps = device !== null;
  }

  /** Whether it has every edit, and seems to take the next. */
  get hasAll(): boolean {
    return this.keeps && this.unkept.size === 0;
  }

  /** Edits that the device has not confirmed, nor refused, so far. */
  get writing(): number {
    return this.beingWritten.size;
  }

  /** Settles when the device has the edit, or has refused it; never throws. */
  async put(edit: LoggedEdit): Promise<void> {
    this.wanted.add(edit.edit_id);
    if (this.device) this.beingWritten.add(edit.edit_id);
    this.keeps = this.device !== null && (await isDone(this.device.put(edit)));
    this.beingWritten.delete(edit.edit_id);
    if (!this.keeps && this.wanted.has(edit.edit_id)) this.unkept.add(edit.edit_id);
    this.onChange();
  }

  /** An edit of before, which it has. */
  adopt(edit: LoggedEdit): void {
    this.wanted.add(edit.edit_id);
  }

  /** What stays on the device though the server has it is recognised by its id the next time. */
  async remove(edit_ids: readonly string[]): Promise<void> {
    for (const edit_id of edit_ids) {
      this.wanted.delete(edit_id);
      this.unkept.delete(edit_id);
      this.beingWritten.delete(edit_id);
    }
    this.onChange();
    if (this.device) await isDone(this.device.remove(edit_ids));
  }
}

async function isDone(work: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), PATIENCE_MS)));
  const done = await Promise.race([work.then(() => true, () => false), late]);
  clearTimeout(timer);
  return done;
}
