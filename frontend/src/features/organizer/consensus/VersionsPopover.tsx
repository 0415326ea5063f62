import { Badge, Button, Popover, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';

import { Query, Time } from '~/ui';

import { type CaseConsensus, type FusionMethod, organizerQueries } from '../queries';
import { methodInWords } from './parameters';
import { text } from './text';

interface VersionsPopoverProps {
  readonly row: CaseConsensus;
  readonly methods: readonly FusionMethod[];
}

/** The head; opened, every version with the method and parameters it was fused by. */
export function VersionsPopover({ row: { case: found, head }, methods }: VersionsPopoverProps) {
  const [opened, { close, toggle }] = useDisclosure();
  if (!head) return text.cases.none;
  const convergence = head.provenance.agreement.fusion?.convergence;
  return (
    <>
      <Popover opened={opened} onChange={close} withinPortal shadow="md" position="bottom-start" trapFocus>
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="light"
            color="gray"
            onClick={toggle}
            aria-label={text.cases.versionAmong(head.number, found.name)}
          >
            {text.cases.version(head.number)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown maw="94vw" p="xs" style={{ overflow: 'auto' }}>
          <Versions caseId={found.id} caseName={found.name} head={head.number} methods={methods} />
        </Popover.Dropdown>
      </Popover>
      <Text size="xs" c="dimmed" maw={170}>
        {methodInWords(methods, head.method, head.parameters)}
      </Text>
      {convergence && !convergence.converged && (
        <Badge color="orange" miw="max-content">
          {text.cases.notConverged(convergence.iterations)}
        </Badge>
      )}
    </>
  );
}

interface VersionsProps {
  readonly caseId: string;
  readonly caseName: string;
  readonly head: number;
  readonly methods: readonly FusionMethod[];
}

function Versions({ caseId, caseName, head, methods }: VersionsProps) {
  const versions = useQuery(organizerQueries.caseVersions(caseId, head));
  return (
    <Query of={versions}>
      {(found) => (
        <Table aria-label={text.cases.versionsOf(caseName)} tabIndex={0}>
          <Table.Tbody>
            {found.map(({ id, number, method, parameters, created_at }) => (
              <Table.Tr key={id}>
                <Table.Td fw={600}>{text.cases.version(number)}</Table.Td>
                <Table.Td>{methodInWords(methods, method, parameters)}</Table.Td>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>
                  <Time iso={created_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Query>
  );
}
