import { NativeSelect, Text } from '@mantine/core';
import { useMemo, useState } from 'react';

import { BlandAltmanPlot, limitsInWords, limitsOf } from '~/features/volumes';
import { regionColor } from '~/ui';

import { inOrder } from './agreement';
import { text } from './text';
import type { RaterVolume } from './volumes';

interface VolumePlotProps {
  readonly points: readonly RaterVolume[];
  readonly region: { readonly key: string; readonly name: string; readonly position: number };
}

const ALL = '';

/** Each rater's volume beside the consensus': how far above or below, against how large. */
export function VolumePlot({ points, region }: VolumePlotProps) {
  const raters = useMemo(() => inOrder(points.map(({ rater }) => rater)), [points]);
  const [chosen, setChosen] = useState(ALL);
  const rater = raters.includes(chosen) ? chosen : ALL;
  const shown = useMemo(() => points.filter((point) => rater === ALL || point.rater === rater), [points, rater]);
  const limits = useMemo(() => limitsOf(shown), [shown]);
  if (!limits) return <Text size="sm">{text.volumes.none(region.name)}</Text>;
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={text.volumes.rater}
        value={rater}
        onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        data={[{ value: ALL, label: text.volumes.all }, ...raters]}
        mb="xs"
        maw={240}
      />
      <BlandAltmanPlot
        points={points}
        shown={shown}
        limits={limits}
        color={regionColor(region.key, region.position)}
        label={text.volumes.label(region.name)}
        axes={text.volumes.axes}
      />
      <Text size="sm" component="figcaption" mt="xs">
        {limitsInWords(limits)}
      </Text>
    </>
  );
}
