import { IconCalendarEvent } from '@tabler/icons-react';

import { EmptyState } from '~/ui';

import { text } from './text';

export function NoPhases() {
  return (
    <EmptyState icon={<IconCalendarEvent size={28} />} title={text.noPhases.title}>
      {text.noPhases.sentence}
    </EmptyState>
  );
}
