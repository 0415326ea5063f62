/** Regions look the same wherever they appear: one colour each, outermost to innermost gold, vermilion, violet. */
import { Group, Text } from '@mantine/core';

import classes from './regions.module.css';

const COLOR_COUNT = 5;

const NAMED: Readonly<Record<string, number>> = { complete: 1, core: 2, enhancing: 3 };

/** The CSS colour of a region; other schemes' regions take theirs by position (0-based). */
export function regionColor(key: string, position: number): string {
  return `var(--region-${NAMED[key] ?? (position % COLOR_COUNT) + 1})`;
}

interface RegionLabelProps {
  readonly regionKey: string;
  readonly name: string;
  readonly position: number;
}

export function RegionLabel({ regionKey, name, position }: RegionLabelProps) {
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex" align="baseline">
      <span className={classes.swatch} style={{ background: regionColor(regionKey, position) }} aria-hidden />
      <Text span inherit>
        {name}
      </Text>
    </Group>
  );
}
