import { Group, Progress, Text } from '@mantine/core';

import type { CaseRow } from '../queries';
import { text } from './text';

/** How many of the raters that a case needs have submitted. */
export function ProgressMark({ progress }: { readonly progress: CaseRow['annotation'] }) {
  const { required, assigned, submitted } = progress;
  const share = required > 0 ? Math.min(100, (100 * submitted) / required) : 0;
  return (
    <Group gap={8} wrap="nowrap" title={text.cases.assigned(assigned)}>
      <Progress
        value={share}
        w={56}
        color={submitted >= required ? 'teal' : undefined}
        aria-label={text.cases.submitted(submitted, required)}
      />
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {submitted}/{required}
      </Text>
    </Group>
  );
}
