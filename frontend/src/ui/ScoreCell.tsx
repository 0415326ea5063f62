import { formatScore } from '~/format';

import { regionColor } from './regions';
import classes from './ScoreCell.module.css';

interface ScoreCellProps {
  readonly value: number | null | undefined;
  /** Region, with its position; without one the bar is neutral (overall). */
  readonly region?: { readonly key: string; readonly position: number };
  readonly strong?: boolean;
}

/** A score from 0 to 1 as a figure over a bar of its length. */
export function ScoreCell({ value, region, strong = false }: ScoreCellProps) {
  const share = Math.max(0, Math.min(1, value ?? 0));
  const color = region ? regionColor(region.key, region.position) : 'var(--mantine-color-text)';
  return (
    <span className={classes.cell} data-strong={strong || undefined} data-empty={value == null || undefined}>
      {formatScore(value)}
      <span className={classes.track} aria-hidden>
        <span className={classes.bar} style={{ width: `${100 * share}%`, background: color }} />
      </span>
    </span>
  );
}
