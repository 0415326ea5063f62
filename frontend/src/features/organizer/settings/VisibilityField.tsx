import { Input, SegmentedControl, Text } from '@mantine/core';

import { text } from './text';

export type Visibility = 'draft' | 'public';

interface VisibilityFieldProps {
  readonly value?: Visibility;
  readonly onChange?: (value: Visibility) => void;
}

/** Draft or public, and what follows from it. */
export function VisibilityField({ value = 'draft', onChange }: VisibilityFieldProps) {
  return (
    <Input.Wrapper label={text.visibility}>
      <div>
        <SegmentedControl
          mt={4}
          aria-label={text.visibility}
          value={value}
          onChange={(chosen) => onChange?.(chosen as Visibility)}
          data={[
            { value: 'draft', label: text.draft },
            { value: 'public', label: text.public },
          ]}
        />
        <Text size="sm" c="dimmed" mt={6} role="status">
          {text.consequence[value]}
        </Text>
      </div>
    </Input.Wrapper>
  );
}
