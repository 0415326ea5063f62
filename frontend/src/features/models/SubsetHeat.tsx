import { Paper, Table, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { Link } from 'react-router';

import type { Metric } from '~/api/types';
import { formatFigure, formatMetric, nameWithUnit } from '~/features/metrics';
import { regionColor } from '~/ui';

import { cellsOf, type RegionKey, strengthOf, type SubsetCell, type SubsetTable } from './comparison';
import { text as words } from './comparisonText';
import classes from './models.module.css';
import { subsetKey, subsetName } from './subsets';

const text = words.subsets;
const MODEL_PX = 96;
const SEQUENCE_PX = 58;

interface SubsetHeatProps {
  readonly table: SubsetTable;
  /** What each rater, who saw all sequences, reached. */
  readonly raters: readonly number[];
  readonly metric: Metric;
  readonly region: RegionKey;
  readonly names: ReadonlyMap<string, string>;
  /** Ids of the runs whose pages this person may open. */
  readonly openRuns: ReadonlySet<string>;
}

/** A row for each set of sequences, a column for each model: the better, the fuller. People stand in the first row. */
export function SubsetHeat({ table, raters, metric, region, names, openRuns }: SubsetHeatProps) {
  const sequences = table.subsets[0] ?? [];
  const values = table.cells.map(({ value }) => value);
  const color = region === null ? 'var(--accent)' : regionColor(region, 0);
  const background = (value: number) =>
    `color-mix(in srgb, ${color} ${Math.round(100 * strengthOf(value, values, metric.higher_is_better !== false))}%, transparent)`;
  const mean = raters.length === 0 ? null : raters.reduce((sum, value) => sum + value, 0) / raters.length;
  return (
    <Paper p="md" style={{ overflow: 'hidden' }}>
      <Table.ScrollContainer type="native" minWidth={sequences.length * SEQUENCE_PX + (table.models.length + 1) * MODEL_PX}>
        <Table className={classes.heat ?? ''} withRowBorders={false} verticalSpacing={3} horizontalSpacing={6}>
          <caption>
            <VisuallyHidden>{text.caption(nameWithUnit(metric))}</VisuallyHidden>
          </caption>
          <Table.Thead>
            <Table.Tr>
              {sequences.map((key) => (
                <Table.Th key={key} className={classes.dotHead}>
                  {names.get(key) ?? key}
                </Table.Th>
              ))}
              {table.models.map((model) => (
                <Table.Th key={model} className={classes.dotHead}>
                  {model}
                </Table.Th>
              ))}
              {mean !== null && <Table.Th className={classes.dotHead}>{text.humans}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {table.subsets.map((subset, row) => (
              <Table.Tr key={subsetKey(subset)}>
                {sequences.map((key) => (
                  <Table.Td key={key}>
                    <Given is={subset.includes(key)} />
                  </Table.Td>
                ))}
                {table.models.map((model) => (
                  <Table.Td key={model}>
                    <Cell
                      cell={cellsOf(table, subset).find((one) => one.model === model)}
                      metric={metric}
                      background={background}
                      given={subsetName(subset, names)}
                      openRuns={openRuns}
                    />
                  </Table.Td>
                ))}
                {mean !== null && <Table.Td>{row === 0 && <span style={{ color: 'var(--human)', fontWeight: 600 }}>{formatFigure(mean, metric)}</span>}</Table.Td>}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Given({ is }: { readonly is: boolean }) {
  return (
    <>
      <span className={is ? classes.given : classes.missing} aria-hidden />
      <VisuallyHidden>{is ? text.given : text.missing}</VisuallyHidden>
    </>
  );
}

interface CellProps {
  readonly cell: SubsetCell | undefined;
  readonly metric: Metric;
  readonly background: (value: number) => string;
  readonly given: string;
  readonly openRuns: ReadonlySet<string>;
}

function Cell({ cell, metric, background, given, openRuns }: CellProps) {
  if (!cell) {
    return (
      <Text size="xs" c="dimmed">
        {text.notRun}
      </Text>
    );
  }
  const said = text.cell(cell.model, given, formatMetric(cell.value, metric));
  return (
    <Tooltip label={said}>
      {openRuns.has(cell.run_id) ? (
        <Link to={`/runs/${cell.run_id}`} className={classes.cell ?? ''} style={{ background: background(cell.value) }} aria-label={said}>
          {formatFigure(cell.value, metric)}
        </Link>
      ) : (
        <span className={classes.cell} style={{ background: background(cell.value) }}>
          {formatFigure(cell.value, metric)}
        </span>
      )}
    </Tooltip>
  );
}
