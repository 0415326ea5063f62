import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

import { text as shared } from '~/ui/text';

import { text } from './text';

interface NewTokenModalProps {
  readonly secret: string | null;
  readonly onClose: () => void;
}

/** The only moment at which a token is seen: it closes by its button, not by a stray click. */
export function NewTokenModal({ secret, onClose }: NewTokenModalProps) {
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={text.tokens.created}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Text size="sm">{text.tokens.shownOnce}</Text>
        <Group wrap="nowrap" gap="xs">
          <Code block style={{ flex: 1, overflowWrap: 'anywhere', whiteSpace: 'normal' }} data-testid="new-token">
            {secret}
          </Code>
          <CopyButton value={secret ?? ''}>
            {({ copied, copy }) => (
              <Button
                variant="light"
                onClick={copy}
                leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              >
                {copied ? shared.copied : shared.copy}
              </Button>
            )}
          </CopyButton>
        </Group>
        <Text size="sm" c="dimmed">
          {text.tokens.howTo}
        </Text>
        <Code block>Authorization: Bearer csl_…</Code>
        <Group justify="flex-end">
          <Button onClick={onClose}>{text.tokens.close}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
