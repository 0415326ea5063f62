import { Button, Checkbox, Group } from '@mantine/core';

import type { Member } from '../queries';
import { text } from './text';

interface RatersFieldProps {
  readonly raters: readonly Member[];
  readonly hint: string;
  readonly value?: string[];
  readonly onChange?: (value: string[]) => void;
  readonly error?: React.ReactNode;
}

export function RatersField({ raters, hint, value = [], onChange, error }: RatersFieldProps) {
  const everyone = raters.map(({ user }) => String(user.id));
  return (
    <Checkbox.Group
      label={text.assign.raters}
      description={hint}
      value={value}
      error={error}
      onChange={(chosen) => onChange?.(chosen)}
    >
      <Group gap="md" mt={8} mb={4}>
        {raters.map(({ user, alias }) => (
          <Checkbox key={user.id} value={String(user.id)} label={alias ? `${user.name} (${alias})` : user.name} />
        ))}
        {raters.length > 2 && value.length < everyone.length && (
          <Button size="compact-sm" variant="subtle" onClick={() => onChange?.(everyone)}>
            {text.assign.allRaters}
          </Button>
        )}
      </Group>
    </Checkbox.Group>
  );
}
