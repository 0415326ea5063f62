import { Group, Stack, Text } from '@mantine/core';
import { useCallback } from 'react';

import { PlotFigure, TIP } from '~/ui';
import type { PlotLibrary, PlotOptions } from '~/ui/PlotFigure';

import type { CaseTimes, TimePiece } from './caseTimes';
import classes from './models.module.css';
import { text as words } from './runText';
import { formatSeconds } from './work';

const text = words.times;
const HEIGHT_PX = 230;
const TICKS = 5;
/** So many bars carry a number each. */
const NUMBERS_FIT = 40;
/** Fewer bars than these are no wider. */
const FEW = 8;
const COLORS = ['var(--region-1)', 'var(--region-4)', 'var(--accent)', 'var(--region-3)', 'var(--region-2)'];

interface CaseTimesPlotProps {
  readonly times: CaseTimes;
  /** Of every case of the run, ascending: the axis does not move while they come. */
  readonly numbers: readonly number[];
}

/** A bar for each case, made of the parts of its time; the line is the median. */
export function CaseTimesPlot({ times, numbers }: CaseTimesPlotProps) {
  const draw = useCallback((plot: PlotLibrary) => plotOptions(plot, times, numbers), [times, numbers]);
  const count = new Set(times.pieces.map(({ number }) => number)).size;
  const median = formatSeconds(times.median_s ?? 0);
  return (
    <Stack gap="xs">
      <PlotFigure label={text.label(count, median)} height_px={HEIGHT_PX} draw={draw} />
      <Group gap="md">
        {times.parts.map((part) => (
          <Group key={part} gap={6} wrap="nowrap">
            <span className={classes.swatch} style={{ background: colorOf(part, times.parts) }} aria-hidden />
            <Text size="xs" c="dimmed">
              {text.parts[part] ?? part}
            </Text>
          </Group>
        ))}
        <Text size="xs" c="dimmed">
          {text.median(median)}
        </Text>
      </Group>
    </Stack>
  );
}

function colorOf(part: string, parts: readonly string[]): string {
  const known = Object.keys(text.parts).indexOf(part);
  return COLORS[(known >= 0 ? known : parts.indexOf(part)) % COLORS.length] ?? 'var(--accent)';
}

function plotOptions(Plot: PlotLibrary, { parts, pieces, median_s }: CaseTimes, numbers: readonly number[]): PlotOptions {
  const every = Math.ceil(numbers.length / NUMBERS_FIT);
  return {
    marginLeft: 48,
    marginRight: 12,
    marginTop: 10,
    marginBottom: 38,
    x: {
      type: 'band',
      domain: numbers,
      padding: Math.max(0.1, 1 - numbers.length / FEW),
      label: text.axis,
      labelArrow: 'none',
      ticks: numbers.filter((_number, index) => index % every === 0),
      tickSize: 0,
    },
    y: { label: null, ticks: TICKS, zero: true },
    marks: [
      Plot.gridY({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: TICKS }),
      Plot.barY(pieces, {
        x: 'number',
        y: 'seconds',
        fill: ({ part }: TimePiece) => colorOf(part, parts),
        order: ({ part }: TimePiece) => parts.indexOf(part),
        insetLeft: 1,
        insetRight: 1,
      }),
      median_s === null ? null : Plot.ruleY([median_s], { stroke: 'var(--human)', strokeDasharray: '4 3' }),
      Plot.tip(
        pieces,
        Plot.pointer(
          Plot.stackY({
            x: 'number',
            y: 'seconds',
            order: ({ part }: TimePiece) => parts.indexOf(part),
            title: ({ number, part, seconds }: TimePiece) => text.tip(number, text.parts[part] ?? part, formatSeconds(seconds)),
            ...TIP,
          }),
        ),
      ),
    ],
  };
}
