import { NativeSelect, SegmentedControl } from '@mantine/core';

import type { Phase } from '~/api/types';

import { text } from './text';

interface PhaseSelectProps {
  readonly phases: readonly Phase[];
  readonly value: Phase;
  readonly onChange: (phase: Phase) => void;
}

const SEGMENTS_FIT = 3;

/** Which phase a page speaks of; nothing to choose where there is only one. */
export function PhaseSelect({ phases, value, onChange }: PhaseSelectProps) {
  if (phases.length < 2) return null;
  const data = phases.map(({ slug, title }) => ({ value: slug, label: title }));
  const choose = (slug: string) => {
    const chosen = phases.find((phase) => phase.slug === slug);
    if (chosen) onChange(chosen);
  };
  if (phases.length > SEGMENTS_FIT) {
    return (
      <NativeSelect
        aria-label={text.select}
        data={data}
        value={value.slug}
        onChange={(event) => choose(event.currentTarget.value)}
      />
    );
  }
  return <SegmentedControl aria-label={text.select} data={data} value={value.slug} onChange={choose} />;
}
