import { Tooltip } from '@mantine/core';

import { formatMinute, formatRelative } from '~/format';

/** "5 minutes ago", with the exact time behind it. */
export function Time({ iso }: { readonly iso: string }) {
  return (
    <Tooltip label={formatMinute(iso)}>
      <time dateTime={iso}>{formatRelative(iso)}</time>
    </Tooltip>
  );
}
