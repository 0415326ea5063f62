import { Group, Paper, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import { Link } from 'react-router';

import type { Metric } from '~/api/types';
import { formatMetric, isShare, nameInSentence, nameWithUnit } from '~/features/metrics';
import { NOT_AVAILABLE } from '~/format';
import { lowerBound, PlotFigure, regionColor, TIP } from '~/ui';
import type { PlotLibrary, PlotOptions } from '~/ui/PlotFigure';

import { modelName, type PhaseDot, phaseDots, type RaterTick, type RegionKey, valueOf } from './comparison';
import { text as words } from './comparisonText';
import classes from './models.module.css';
import type { ModelComparison } from './queries';
import { formatSeconds } from './work';

const text = words.phases;
const ROW_PX = 26;
const LANE_PAD_PX = 40;
const AXIS_PX = 52;
const TICKS = 5;
const NAME_PX = 132;

interface PhasesPlotProps {
  readonly comparison: ModelComparison;
  readonly raters: readonly RaterTick[];
  readonly metric: Metric;
  readonly region: RegionKey;
  /** Ids of the runs whose pages this person may open. */
  readonly openRuns: ReadonlySet<string>;
}

/** A lane for each phase: every model a dot in a row of its own, the raters' range as the ground. */
export function PhasesPlot({ comparison, raters, metric, region, openRuns }: PhasesPlotProps) {
  const dots = useMemo(() => phaseDots(comparison, metric.key, region), [comparison, metric.key, region]);
  const lanes = useMemo(() => comparison.phases.map(({ title }) => title).filter((title) => dots.some(({ phase }) => phase === title)), [comparison.phases, dots]);
  const color = useMemo(() => colorOf(comparison, region), [comparison, region]);
  const draw = useCallback((plot: PlotLibrary) => plotOptions(plot, { dots, raters, lanes, color, metric }), [dots, raters, lanes, color, metric]);
  const models = new Set(dots.map(({ model }) => model)).size;
  const spoken = dots.map(({ model, phase, value }) => text.sentence(model, phase, formatMetric(value, metric))).join(' ');
  return (
    <Paper p="md">
      <Stack gap="sm">
        <PlotFigure
          label={text.label(nameInSentence(metric), spoken)}
          height_px={Math.max(1, lanes.length) * (models * ROW_PX + LANE_PAD_PX) + AXIS_PX}
          draw={draw}
        />
        <Group gap="md">
          <Legend color={color} label={text.model} />
          {dots.some(({ seen }) => seen) && <Legend color={color} label={text.seen} hollow />}
          {raters.length > 0 && <Legend color="var(--human-band)" label={text.band} />}
        </Group>
        <details>
          <summary>{text.caption}</summary>
          <Figures comparison={comparison} metric={metric} region={region} openRuns={openRuns} />
        </details>
      </Stack>
    </Paper>
  );
}

function Legend({ color, label, hollow = false }: { readonly color: string; readonly label: string; readonly hollow?: boolean }) {
  return (
    <Group gap={6} wrap="nowrap">
      <span className={classes.swatch} style={hollow ? { border: `2px solid ${color}` } : { background: color }} aria-hidden />
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </Group>
  );
}

function colorOf({ phases }: ModelComparison, region: RegionKey): string {
  if (region === null) return 'var(--accent)';
  const position = phases.flatMap(({ regions }) => regions).findIndex(({ key }) => key === region);
  return regionColor(region, Math.max(0, position));
}

interface Drawn {
  readonly dots: readonly PhaseDot[];
  readonly raters: readonly RaterTick[];
  readonly lanes: readonly string[];
  readonly color: string;
  readonly metric: Metric;
}

function plotOptions(Plot: PlotLibrary, { dots, raters, lanes, color, metric }: Drawn): PlotOptions {
  const shown = raters.filter(({ phase }) => lanes.includes(phase));
  const values = [...dots, ...shown].map(({ value }) => value);
  const domain = isShare(metric) ? [lowerBound(values), 1] : [Math.min(0, ...values), Math.max(1, ...values)];
  return {
    marginLeft: NAME_PX,
    marginRight: 14,
    marginTop: 22,
    marginBottom: 36,
    x: { domain, label: text.axis(nameWithUnit(metric)), labelArrow: 'none', labelAnchor: 'center', ticks: TICKS },
    y: { type: 'point', domain: [...new Set(dots.map(({ model }) => model))], label: null, padding: 0.6 },
    fy: { domain: [...lanes], label: null, axis: null, paddingInner: 0.2 },
    marks: [
      Plot.text(lanes, {
        fy: (lane: string) => lane,
        text: (lane: string) => lane,
        frameAnchor: 'top-left',
        dx: -NAME_PX + 4,
        dy: -14,
        fontWeight: 600,
        fill: 'var(--mantine-color-text)',
      }),
      Plot.axisY({ tickSize: 0, tickPadding: 8, textOverflow: 'ellipsis', lineWidth: 10 }),
      Plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: TICKS }),
      Plot.rect(
        shown,
        Plot.groupZ({ x1: 'min', x2: 'max' }, { x1: 'value', x2: 'value', fy: 'phase', z: 'phase', fill: 'var(--human-band)', insetLeft: -2, insetRight: -2, rx: 3 }),
      ),
      Plot.tickX(shown, { x: 'value', fy: 'phase', stroke: 'var(--human)', strokeWidth: 1.2, strokeOpacity: 0.55 }),
      Plot.dot(dots, { x: 'value', y: 'model', fy: 'phase', fill: ({ seen }: PhaseDot) => (seen ? 'var(--surface)' : color), stroke: ({ seen }: PhaseDot) => (seen ? color : 'var(--surface)'), strokeWidth: 2, r: 6 }),
      Plot.tip(
        dots,
        Plot.pointer({ x: 'value', y: 'model', fy: 'phase', title: ({ model, value, seen }: PhaseDot) => [model, formatMetric(value, metric), ...(seen ? [text.seen] : [])].join('\n'), ...TIP }),
      ),
    ],
  };
}

function Figures({ comparison, metric, region, openRuns }: Omit<PhasesPlotProps, 'raters'>) {
  const titles = new Map(comparison.phases.map(({ id, title }) => [id, title]));
  return (
    <Table.ScrollContainer minWidth={460} mt="sm" type="native">
      <Table>
        <caption>
          <VisuallyHidden>{text.title}</VisuallyHidden>
        </caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text.columns.model}</Table.Th>
            <Table.Th>{text.columns.phase}</Table.Th>
            <Table.Th className="numeric">{text.columns.value}</Table.Th>
            <Table.Th className="numeric">{text.columns.seconds}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {comparison.rows
            .filter(({ is_whole }) => is_whole)
            .map((row) => (
              <Table.Tr key={row.run_id}>
                <Table.Td>{openRuns.has(row.run_id) ? <Link to={`/runs/${row.run_id}`}>{modelName(row)}</Link> : modelName(row)}</Table.Td>
                <Table.Td>{titles.get(row.phase_id)}</Table.Td>
                <Table.Td className="numeric">
                  {formatMetric(valueOf(row, metric.key, region), metric)}
                  {row.trained_on_cases > 0 && (
                    <Text size="xs" c="dimmed">
                      {text.seen}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td className="numeric">{row.seconds_per_case === null ? NOT_AVAILABLE : formatSeconds(row.seconds_per_case)}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
