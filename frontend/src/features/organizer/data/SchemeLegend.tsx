import { ColorSwatch, Group, Text } from '@mantine/core';

import { RegionLabel } from '~/ui';

import type { LabelScheme } from '../queries';

/** The values of a scheme with their colours. */
export function SchemeLabels({ scheme }: { readonly scheme: LabelScheme }) {
  return (
    <Group gap="md" style={{ rowGap: 4 }}>
      {scheme.labels.map(({ value, name, color }) => (
        <Group key={value} gap={6} wrap="nowrap">
          <ColorSwatch color={color} size={12} withShadow={false} />
          <Text size="sm">
            <b>{value}</b> {name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

/** Its regions, and of which values each is made: complete = 1 + 2 + 4. */
export function SchemeRegions({ scheme }: { readonly scheme: LabelScheme }) {
  return (
    <Group gap="md" style={{ rowGap: 4 }}>
      {scheme.regions.map(({ key, name, labels }, position) => (
        <Group key={key} gap={6} wrap="nowrap" fz="sm">
          <RegionLabel regionKey={key} name={name} position={position} />
          <Text span size="xs" c="dimmed">
            = {labels.join(' + ')}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
