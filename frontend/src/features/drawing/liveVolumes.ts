/** Volumes of what is painted, strokes that are still being drawn included. */
import { type Labelmap, type LabelStatistics, labelsVolume_ml, statisticsOf, Store, UNSURE, unsureVolume_ml } from '~/viewer';

/** What a stroke has painted so far: by voxel value, how many voxels more than before it. */
export interface Counted {
  readonly counts: Int32Array;
}

export class LiveVolumes {
  /** Another number whenever volumes may be others; while a stroke is drawn at most once a frame. */
  readonly revision = new Store(0);
  private readonly statistics: LabelStatistics;
  private isDue = false;

  /** @param strokes those that are being drawn, as they come and go; the statistics do not hold them yet. */
  constructor(
    private readonly labelmap: Labelmap,
    private readonly strokes: ReadonlySet<Counted>,
  ) {
    this.statistics = statisticsOf(labelmap);
  }

  /** Marks of doubt do not count: a voxel is its label's. 0 for an empty set. */
  labels_ml(labels: readonly number[]): number {
    return labelsVolume_ml(this.current(), labels, this.labelmap.spacing_mm);
  }

  /** What is marked as unsure, background included. */
  unsure_ml(): number {
    return unsureVolume_ml(this.current(), this.labelmap.spacing_mm);
  }

  changed(): void {
    this.revision.update((revision) => revision + 1);
  }

  /** Within a stroke: told with the next frame. */
  changing(): void {
    if (this.isDue) return;
    this.isDue = true;
    atNextFrame(() => {
      this.isDue = false;
      this.changed();
    });
  }

  private current(): LabelStatistics {
    if (this.strokes.size === 0) return this.statistics;
    const { bits } = this.statistics;
    const counts = this.statistics.counts.slice();
    const unsure = this.statistics.unsure.slice();
    for (const stroke of this.strokes) {
      stroke.counts.forEach((change, value) => {
        if (change === 0) return;
        const label = value & bits;
        counts[label] = (counts[label] ?? 0) + change;
        if ((value & ~bits & UNSURE) !== 0) unsure[label] = (unsure[label] ?? 0) + change;
      });
    }
    return { ...this.statistics, counts, unsure };
  }
}

/** At once where nothing is drawn at all. */
function atNextFrame(act: () => void): void {
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(act);
  else act();
}
