import { VisuallyHidden } from '@mantine/core';
import { IconCaretDownFilled, IconCaretUpFilled, IconPointFilled } from '@tabler/icons-react';

import classes from './RankMark.module.css';
import type { RankChange } from './standings';
import { text } from './text';

interface RankMarkProps {
  /** Null for those who see their own scores only. */
  readonly rank: number | null;
  readonly change: RankChange | undefined;
}

/** A rank, and for a while after it changed, whence. */
export function RankMark({ rank, change }: RankMarkProps) {
  return (
    <span className={classes.mark}>
      <span className={classes.rank} data-first={rank === 1 || undefined}>
        {rank ?? '–'}
      </span>
      {change && <ChangeMark change={change} />}
    </span>
  );
}

function ChangeMark({ change }: { readonly change: RankChange }) {
  if (change.kind === 'entered') {
    return (
      <span className={classes.entered}>
        <IconPointFilled size={12} aria-hidden />
        <VisuallyHidden>{text.entered}</VisuallyHidden>
      </span>
    );
  }
  const rose = change.places > 0;
  const places = Math.abs(change.places);
  return (
    <span className={rose ? classes.rose : classes.fell}>
      {rose ? <IconCaretUpFilled size={12} aria-hidden /> : <IconCaretDownFilled size={12} aria-hidden />}
      <span aria-hidden>{places}</span>
      <VisuallyHidden>{rose ? text.rose(places) : text.fell(places)}</VisuallyHidden>
    </span>
  );
}
