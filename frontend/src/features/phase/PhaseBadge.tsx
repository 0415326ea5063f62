import { Badge } from '@mantine/core';

import { type PhaseState } from './state';
import { text } from './text';

const COLORS: Readonly<Record<PhaseState, string>> = { open: 'teal', upcoming: 'petrol', closed: 'gray' };

export function PhaseBadge({ state }: { readonly state: PhaseState }) {
  return (
    <Badge color={COLORS[state]} variant={state === 'open' ? 'light' : 'outline'} style={{ flex: 'none' }}>
      {text.states[state]}
    </Badge>
  );
}
