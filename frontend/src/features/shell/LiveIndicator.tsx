import { Tooltip } from '@mantine/core';

import { useLiveStatus } from '~/live';

import classes from './LiveIndicator.module.css';
import { text } from './text';

/** Whether what the page shows follows the server. Absent on pages that listen to nothing. */
export function LiveIndicator() {
  const status = useLiveStatus();
  if (status === 'idle') return null;
  return (
    <Tooltip label={text.live[status]}>
      <span className={classes.indicator} data-status={status} role="status" aria-label={text.live[status]}>
        <span className={classes.dot} aria-hidden />
        <span className={classes.word} aria-hidden>
          {text.live.short[status]}
        </span>
      </span>
    </Tooltip>
  );
}
