import { Button, Popover, Table } from '@mantine/core';

import { formatScore } from '~/format';
import { RegionLabel, ScoreCell } from '~/ui';

import type { ConsensusProvenance, LabelScheme } from '../queries';
import type { NameOf } from './agreement';
import { text } from './text';

interface LeaveOneOutPopoverProps {
  readonly caseName: string;
  readonly entries: ConsensusProvenance['leave_one_out'];
  readonly regions: LabelScheme['regions'];
  readonly nameOf: NameOf;
}

/** Each rater of a case against the fusion of the others; the lowest value is in the open. */
export function LeaveOneOutPopover({ caseName, entries, regions, nameOf }: LeaveOneOutPopoverProps) {
  if (entries.length === 0) return text.cases.none;
  const lowest = Math.min(...entries.flatMap(({ dice }) => Object.values(dice)));
  return (
    <Popover withinPortal shadow="md" position="bottom-end" trapFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="light" color="gray" aria-label={text.cases.looOf(caseName)}>
          {text.cases.lowest(formatScore(Number.isFinite(lowest) ? lowest : null))}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="94vw" p="xs" style={{ overflow: 'auto' }}>
        <Table aria-label={text.cases.looOf(caseName)} tabIndex={0}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text.cases.rater}</Table.Th>
              {regions.map(({ key, name }, position) => (
                <Table.Th key={key} className="numeric">
                  <RegionLabel regionKey={key} name={name} position={position} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map(({ rater, dice }) => (
              <Table.Tr key={rater.id}>
                <Table.Td>{nameOf(rater)}</Table.Td>
                {regions.map(({ key }, position) => (
                  <Table.Td key={key} className="numeric">
                    <ScoreCell value={dice[key]} region={{ key, position }} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Popover.Dropdown>
    </Popover>
  );
}
