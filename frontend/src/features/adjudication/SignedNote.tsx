import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';

import { consolePath } from './addresses';
import { text } from './text';
import { useSigned } from './useSigned';

interface SignedNoteProps {
  readonly datasetId: string;
  /** Of the consensus, the head. */
  readonly version: string;
}

/** That a signed head is not fused again, and where that can be changed; nothing for any other. */
export function SignedNote({ datasetId, version }: SignedNoteProps) {
  const signed = useSigned(datasetId, version);
  if (!signed) return null;
  return (
    <Text size="xs" c="dimmed" mt={2} maw={180}>
      {text.signedHead.note}{' '}
      <Anchor component={Link} to={consolePath(signed.id)} inherit>
        {text.signedHead.link}
      </Anchor>
    </Text>
  );
}
