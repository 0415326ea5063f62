import { Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useCallback, useMemo } from 'react';

import { formatScore } from '~/format';
import { PlotFigure, regionColor, RegionLabel, TIP } from '~/ui';
import type { PlotLibrary, PlotOptions } from '~/ui/PlotFigure';

import { type Curve, curveOf, type DicePoint, type LossPoint } from './curve';
import type { CurvePoint } from './queries';
import { text as words } from './trainingText';

const HEIGHT_PX = 250;
const TICKS = 5;
const text = words.curve;

/** Loss and Dice by step, beside each other; they grow while it learns. */
export function CurvePlots({ points, isUnderWay }: { readonly points: readonly CurvePoint[]; readonly isUnderWay: boolean }) {
  const curve = useMemo(() => curveOf(points), [points]);
  if (points.length === 0) {
    return (
      <Paper p="lg">
        <Text size="sm" c="dimmed">
          {isUnderWay ? text.none : text.noneAnyMore}
        </Text>
      </Paper>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Paper p="md">
        <Title order={3} mb="xs">
          {text.loss}
        </Title>
        <LossPlot curve={curve} />
      </Paper>
      <Paper p="md">
        <Title order={3} mb="xs">
          {text.dice}
        </Title>
        {curve.dice.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.notValidated}
          </Text>
        ) : (
          <DicePlot curve={curve} />
        )}
      </Paper>
    </SimpleGrid>
  );
}

function LossPlot({ curve: { losses, last } }: { readonly curve: Curve }) {
  const draw = useCallback((plot: PlotLibrary) => lossOptions(plot, losses, last), [losses, last]);
  return <PlotFigure label={text.lossLabel(losses.length, formatScore(losses.at(-1)?.loss))} height_px={HEIGHT_PX} draw={draw} />;
}

function DicePlot({ curve }: { readonly curve: Curve }) {
  const { regions, best } = curve;
  const draw = useCallback((plot: PlotLibrary) => diceOptions(plot, curve), [curve]);
  return (
    <Stack gap="xs">
      <PlotFigure label={text.diceLabel(formatScore(best?.mean))} height_px={HEIGHT_PX} draw={draw} />
      <Group gap="md">
        {regions.map((region, position) => (
          <Text key={region} size="xs" component="div">
            <RegionLabel regionKey={region} name={region} position={position} />
          </Text>
        ))}
      </Group>
      {best && (
        <Text size="sm" c="dimmed">
          {text.best(formatScore(best.mean), best.step)}
        </Text>
      )}
    </Stack>
  );
}

const FRAME = { marginLeft: 48, marginRight: 12, marginTop: 12, marginBottom: 36 } as const;
const GRID = { stroke: 'var(--hairline)', strokeOpacity: 1, ticks: TICKS } as const;

function lossOptions(Plot: PlotLibrary, losses: readonly LossPoint[], last: number): PlotOptions {
  return {
    ...FRAME,
    x: { label: text.step, labelArrow: 'none', ticks: TICKS, domain: [0, last] },
    y: { label: null, ticks: TICKS, zero: true },
    marks: [
      Plot.gridY(GRID),
      Plot.lineY(losses, { x: 'step', y: 'loss', stroke: 'var(--accent)', strokeWidth: 2 }),
      Plot.dot(losses.length === 1 ? losses : [], { x: 'step', y: 'loss', fill: 'var(--accent)', r: 3 }),
      Plot.tip(
        losses,
        Plot.pointerX({ x: 'step', y: 'loss', title: ({ step, loss }: LossPoint) => `${text.step} ${step}\n${text.loss} ${loss.toPrecision(3)}`, ...TIP }),
      ),
    ],
  };
}

function diceOptions(Plot: PlotLibrary, { dice, regions, best, last }: Curve): PlotOptions {
  const color = ({ region }: DicePoint) => regionColor(region, regions.indexOf(region));
  return {
    ...FRAME,
    x: { label: text.step, labelArrow: 'none', ticks: TICKS, domain: [0, last] },
    y: { label: null, ticks: TICKS, domain: [0, 1] },
    marks: [
      Plot.gridY(GRID),
      best === null ? null : Plot.ruleX([best.step], { stroke: 'var(--human)', strokeDasharray: '3 3' }),
      Plot.lineY(dice, { x: 'step', y: 'dice', z: 'region', stroke: color, strokeWidth: 2 }),
      Plot.dot(dice, { x: 'step', y: 'dice', fill: color, r: 2.5 }),
      Plot.tip(
        dice,
        Plot.pointer({ x: 'step', y: 'dice', title: ({ step, region, dice: value }: DicePoint) => `${region}\n${text.step} ${step}: ${formatScore(value)}`, ...TIP }),
      ),
    ],
  };
}
