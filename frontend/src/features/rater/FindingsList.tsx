import { Anchor, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { LabelFinding } from './queries';
import { text } from './text';

interface FindingsListProps {
  readonly findings: readonly LabelFinding[];
  /** Where the images are at hand: go to a voxel. */
  readonly onShow?: ((place: readonly number[]) => void) | undefined;
  /** Where they are not: the address at which a voxel is seen. */
  readonly pathTo?: ((place: readonly number[]) => string) | undefined;
}

const FIXED = { flex: 'none' } as const;

const MARKS = {
  error: <IconAlertTriangle size={18} color="var(--bad)" style={FIXED} aria-hidden />,
  warning: <IconAlertTriangle size={18} color="var(--mantine-color-orange-5)" style={FIXED} aria-hidden />,
  info: <IconInfoCircle size={18} color="var(--mantine-color-dimmed)" style={FIXED} aria-hidden />,
} as const;

/** What the server noticed in a labelmap, the gravest first. */
export function FindingsList({ findings, onShow, pathTo }: FindingsListProps) {
  if (findings.length === 0) {
    return (
      <Group gap={8} wrap="nowrap">
        <IconCircleCheck size={18} color="var(--good)" aria-hidden />
        <Text size="sm">{text.findings.none}</Text>
      </Group>
    );
  }
  return (
    <Stack gap="xs" component="ul" aria-label={text.findings.title} m={0} p={0} style={{ listStyle: 'none' }}>
      {findings.map((finding) => (
        <Group key={finding.code} component="li" gap={8} wrap="nowrap" align="flex-start">
          {MARKS[finding.severity]}
          <div>
            <Text size="sm">{finding.sentence}.</Text>
            {finding.places.length > 0 && <Places finding={finding} onShow={onShow} pathTo={pathTo} />}
          </div>
        </Group>
      ))}
    </Stack>
  );
}

type PlacesProps = Omit<FindingsListProps, 'findings'> & { readonly finding: LabelFinding };

function Places({ finding, onShow, pathTo }: PlacesProps) {
  if (pathTo) {
    return (
      <Group gap="sm">
        {finding.places.map((place) => (
          <Anchor key={place.join()} component={Link} to={pathTo(place)} size="xs">
            {text.findings.atOne(place)}
          </Anchor>
        ))}
      </Group>
    );
  }
  if (!onShow) {
    return (
      <Text size="xs" c="dimmed">
        {text.findings.at(finding.places)}
      </Text>
    );
  }
  return (
    <Group gap="sm">
      {finding.places.map((place, index) => (
        <Anchor key={place.join()} component="button" type="button" size="sm" onClick={() => onShow(place)}>
          {text.findings.show(index + 1, finding.places.length)}
        </Anchor>
      ))}
    </Group>
  );
}
