import { Group, Table, Text, VisuallyHidden } from '@mantine/core';

import type { RankedEntrant, RankingAnalysis } from '~/api/types';

import classes from './SignificanceTable.module.css';
import { entrantLabel, formatP, formatPlace } from './stability';
import { text } from './text';

const words = text.stability.tests;
const LONGEST_NAME = 22;
const NAME_PX = 150;
const CELL_PX = 54;

type Verdict = 'better' | 'worse' | 'alike';

/** Every pair with its adjusted p; filled where it is significant. */
export function SignificanceTable({ analysis }: { readonly analysis: RankingAnalysis }) {
  const { entrants } = analysis;
  return (
    <>
      <Table.ScrollContainer minWidth={NAME_PX + CELL_PX * entrants.length} type="native">
        <Table className={classes.matrix ?? ''} withRowBorders={false}>
          <caption>
            <VisuallyHidden>{words.caption}</VisuallyHidden>
          </caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Td className={classes.name} />
              {entrants.map((entrant) => (
                <Table.Th key={entrant.submission_id} scope="col" title={entrant.method_name}>
                  <span aria-hidden>{formatPlace(entrant.rank)}.</span>
                  <VisuallyHidden>{entrantLabel(entrant)}</VisuallyHidden>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entrants.map((entrant, row) => (
              <Table.Tr key={entrant.submission_id}>
                <Table.Th scope="row" className={classes.name} title={entrant.method_name}>
                  {entrantLabel(entrant, LONGEST_NAME)}
                </Table.Th>
                {entrants.map((other, column) => (
                  <Pair key={other.submission_id} analysis={analysis} row={row} column={column} />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Legend />
    </>
  );
}

interface PairProps {
  readonly analysis: RankingAnalysis;
  readonly row: number;
  readonly column: number;
}

function Pair({ analysis, row, column }: PairProps) {
  const first = analysis.entrants[row];
  const second = analysis.entrants[column];
  const p = analysis.p_values[row]?.[column];
  if (row === column || !first || !second || p === undefined) return <Table.Td className={classes.same} />;
  const verdict = verdictOf(analysis.significant[row]?.[column] ?? false, first, second);
  const said = verdict === 'alike' ? words.alike : words.differ;
  return (
    <Table.Td
      className={classes.pair}
      data-verdict={verdict}
      title={words.pair(first.method_name, second.method_name, formatP(p), said)}
    >
      {formatP(p)}
    </Table.Td>
  );
}

/** Which of two that differ is better follows from their places. */
function verdictOf(significant: boolean, row: RankedEntrant, column: RankedEntrant): Verdict {
  if (!significant) return 'alike';
  return row.rank <= column.rank ? 'better' : 'worse';
}

function Legend() {
  const shown = ['better', 'worse', 'alike'] as const;
  return (
    <Group gap="md" mt="xs">
      {shown.map((verdict) => (
        <Group key={verdict} gap={6} wrap="nowrap">
          <span className={classes.swatch} data-verdict={verdict} aria-hidden />
          <Text size="xs" c="dimmed">
            {words[verdict]}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
