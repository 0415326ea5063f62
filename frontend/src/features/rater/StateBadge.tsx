import { Badge } from '@mantine/core';

import type { AnnotationStatus } from './queries';
import { text } from './text';

const COLORS = { assigned: 'gray', draft: 'yellow', submitted: 'green', reopened: 'orange' } as const;

export function StateBadge({ status }: { readonly status: AnnotationStatus }) {
  return (
    <Badge color={COLORS[status]} miw="max-content">
      {text.states[status]}
    </Badge>
  );
}
