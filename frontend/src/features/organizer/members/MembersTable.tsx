import { ActionIcon, Badge, Group, Paper, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconPencil, IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import { formatDay } from '~/format';
import { useSession } from '~/session';
import { type Column, SortableTable } from '~/ui';

import { type Member, organizerKeys, type Role } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { EditMemberModal } from './EditMemberModal';
import { text } from './text';

const COLORS: Readonly<Record<Role, string>> = { organizer: 'petrol', rater: 'grape', participant: 'gray' };

interface MembersTableProps {
  readonly slug: string;
  readonly members: readonly Member[];
  readonly showRole?: boolean;
}

export function MembersTable({ slug, members, showRole = true }: MembersTableProps) {
  const { user } = useSession();
  const [edited, setEdited] = useState<Member | null>(null);
  const remove = useAction(
    ({ id }: Member) => answered(api.DELETE('/api/v1/members/{id}/', { params: { path: { id } } })),
    { stale: [organizerKeys.members(slug), keys.challenges, keys.me], done: () => text.removed },
  );
  const ask = (member: Member) =>
    modals.openConfirmModal({
      title: text.removeTitle(member.user.name),
      children: text.removeSentence,
      labels: { confirm: text.remove, cancel: shared.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(member),
    });
  const columns = columnsOf(user?.id ?? null, setEdited, ask).filter(({ key }) => showRole || key !== 'role');
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <SortableTable
        caption={text.caption}
        rows={members}
        columns={columns}
        rowKey={({ id }) => id}
        initial={{ key: 'person', direction: 'ascending' }}
        minWidth={460}
      />
      <EditMemberModal slug={slug} member={edited} onClose={() => setEdited(null)} />
    </Paper>
  );
}

function columnsOf(
  me: number | null,
  onEdit: (member: Member) => void,
  onRemove: (member: Member) => void,
): Column<Member>[] {
  return [
    {
      key: 'person',
      header: text.columns.person,
      value: ({ user }) => user.name,
      render: ({ user }) => (
        <>
          <Text size="sm" fw={600}>
            {user.name} {user.id === me && <Badge size="sm" miw="max-content">{text.you}</Badge>}
          </Text>
          {user.name !== user.username && (
            <Text size="xs" c="dimmed">
              {user.username}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'role',
      header: text.columns.role,
      value: ({ role }) => role,
      render: ({ role }) => (
        <Badge color={COLORS[role]} miw="max-content" title={text.does[role]}>
          {text.roles[role]}
        </Badge>
      ),
    },
    {
      key: 'alias',
      header: text.columns.alias,
      value: ({ alias }) => alias || null,
      render: ({ alias }) => <span style={{ whiteSpace: 'nowrap' }}>{alias || text.noAlias}</span>,
    },
    {
      key: 'since',
      header: text.columns.since,
      value: ({ created_at }) => created_at,
      render: ({ created_at }) => <span style={{ whiteSpace: 'nowrap' }}>{formatDay(created_at)}</span>,
    },
    {
      key: 'actions',
      header: text.columns.actions,
      width: 90,
      render: (member) => (
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <ActionIcon aria-label={text.editNamed(member.user.name)} onClick={() => onEdit(member)}>
            <IconPencil size={17} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={text.removeNamed(member.user.name)} onClick={() => onRemove(member)}>
            <IconUserMinus size={17} aria-hidden />
          </ActionIcon>
        </Group>
      ),
    },
  ];
}
