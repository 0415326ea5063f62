import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDatabase, IconPlus } from '@tabler/icons-react';

import type { Challenge } from '~/api/types';
import { EmptyState } from '~/ui';

import { DatasetScope } from '../DatasetScope';
import { CasesSection } from './CasesSection';
import { CreateDatasetModal } from './CreateDatasetModal';
import { DatasetFacts } from './DatasetFacts';
import { ImportsSection } from './ImportsSection';
import { text } from './text';

/** Datasets of the challenge: what they are, what is being imported, and their cases. */
export function DataTab({ challenge }: { readonly challenge: Challenge }) {
  const [opened, modal] = useDisclosure();
  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<IconPlus size={16} aria-hidden />} onClick={modal.open}>
      {text.create}
    </Button>
  );
  return (
    <>
      <DatasetScope
        challenge={challenge}
        aside={create('default')}
        empty={
          <EmptyState icon={<IconDatabase size={28} />} title={text.empty.title} action={create('filled')}>
            {text.empty.sentence}
          </EmptyState>
        }
      >
        {(dataset) => (
          <Stack gap="xl">
            <DatasetFacts dataset={dataset} />
            <ImportsSection dataset={dataset} />
            <CasesSection dataset={dataset} />
          </Stack>
        )}
      </DatasetScope>
      <CreateDatasetModal challenge={challenge} opened={opened} onClose={modal.close} />
    </>
  );
}
