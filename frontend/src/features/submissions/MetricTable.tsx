import { Badge, Group, Paper, Table, Text, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { Fragment } from 'react';

import type { EvaluationSummary, Metric, Region } from '~/api/types';
import { inGroups, metricText, MetricValue, nameWithUnit } from '~/features/metrics';
import { RegionLabel } from '~/ui';

import classes from './MetricTable.module.css';
import { text } from './text';

interface MetricTableProps {
  readonly evaluation: EvaluationSummary;
  readonly metrics: readonly Metric[];
  readonly regions: readonly Region[];
  /** Keys of those that decide the order of the board. */
  readonly ranking: readonly string[];
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
}

/** The means of every metric; a row's name chooses it for the rest of the page. */
export function MetricTable({ metrics, regions, ...row }: MetricTableProps) {
  const heads = text.metrics.columns;
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <Table.ScrollContainer type="native" minWidth={110 + 55 * (regions.length + 1)}>
        <Table className={classes.table} verticalSpacing={5}>
          <caption>
            <VisuallyHidden>{text.metrics.caption}</VisuallyHidden>
          </caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{heads.metric}</Table.Th>
              {regions.map(({ key, name }, position) => (
                <Table.Th key={key} className={`numeric ${classes.region ?? ''}`}>
                  <RegionLabel regionKey={key} name={name} position={position} />
                </Table.Th>
              ))}
              {regions.length > 1 && <Table.Th className="numeric">{heads.overall}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {inGroups(metrics).map(({ group, metrics: found }) => (
              <Fragment key={group}>
                <Table.Tr>
                  <Table.Th colSpan={regions.length + 2} scope="rowgroup" className="eyebrow">
                    {metricText.groups[group]}
                  </Table.Th>
                </Table.Tr>
                {found.map((metric) => (
                  <MetricRow key={metric.key} metric={metric} regions={regions} {...row} />
                ))}
              </Fragment>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

interface MetricRowProps extends Omit<MetricTableProps, 'metrics'> {
  readonly metric: Metric;
}

function MetricRow({ evaluation, metric, regions, ranking, chosen, onChoose }: MetricRowProps) {
  const isChosen = metric.key === chosen;
  return (
    <Table.Tr data-chosen={isChosen || undefined}>
      <Table.Th scope="row">
        <Group gap={6}>
          <Tooltip label={metric.description} multiline maw={320} position="bottom-start">
            <UnstyledButton className={classes.name ?? ''} aria-pressed={isChosen} onClick={() => onChoose(metric.key)}>
              {nameWithUnit(metric)}
            </UnstyledButton>
          </Tooltip>
          {ranking.includes(metric.key) && (
            <Tooltip label={text.metrics.ranksHint}>
              <Badge size="sm" style={{ flex: 'none' }}>
                {text.metrics.ranks}
              </Badge>
            </Tooltip>
          )}
        </Group>
      </Table.Th>
      {regions.map(({ key }, position) => (
        <Table.Td key={key} className="numeric">
          <MetricValue value={evaluation.means[metric.key]?.[key]} metric={metric} region={{ key, position }} />
          <NotDefined cases={evaluation.not_defined[metric.key]?.[key] ?? 0} />
        </Table.Td>
      ))}
      {regions.length > 1 && (
        <Table.Td className="numeric">
          <MetricValue value={evaluation.overall[metric.key]} metric={metric} strong />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

export function NotDefined({ cases }: { readonly cases: number }) {
  if (cases === 0) return null;
  return (
    <Text size="xs" c="dimmed">
      {text.scores.notDefined(cases)}
    </Text>
  );
}
