import { Accordion, Alert, Fieldset, Group, MultiSelect, NativeSelect, Radio, Stack, TagsInput, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { queries } from '~/api/queries';
import type { Metric, MetricCatalogue, Phase } from '~/api/types';
import { inGroups, keysMeasured, metricOf, metricText, nameWithUnit } from '~/features/metrics';
import { ruleInWords, ruleOf } from '~/features/phase';

import { Choices } from './Choices';
import { MOST_TOLERANCES, type PhaseValues, scoringChange, tolerancesOf } from './phaseValues';
import classes from './ScoringFields.module.css';
import { text } from './text';

const NOTHING: MetricCatalogue = { metrics: [], lesion_rules: [] };

interface ScoringFieldsProps {
  readonly form: UseFormReturnType<PhaseValues>;
  /** Null for a new one. */
  readonly phase: Phase | null;
  /** How many the chosen cases' scheme has. */
  readonly regions: number;
}

/** What ranks, in one line and one sentence; how, for those who open it. */
export function ScoringFields({ form, phase, regions }: ScoringFieldsProps) {
  const catalogue = useQuery(queries.metrics()).data ?? NOTHING;
  const { values } = form;
  const ranking = values.ranking_metrics.map((key) => metricOf(catalogue.metrics, key));
  return (
    <Fieldset legend={text.scoring.title}>
      <Stack gap="md">
        <MultiSelect
          label={text.scoring.metrics}
          description={text.scoring.metricsHint}
          data={choicesOf(catalogue.metrics, values)}
          {...(values.ranking_metrics.length === 0 ? { placeholder: text.scoring.metricsPlaceholder } : {})}
          nothingFoundMessage={text.scoring.noOther}
          hidePickedOptions
          searchable
          required
          maxDropdownHeight={300}
          {...form.getInputProps('ranking_metrics')}
        />
        <Text size="sm" className={classes.rule ?? ''} role="status" aria-label={text.scoring.rule}>
          {ruleInWords(ruleOf(values, ranking), regions)}
        </Text>
        <Details form={form} catalogue={catalogue} regions={regions} />
        {phase && <ChangeNote form={form} phase={phase} />}
      </Stack>
    </Fieldset>
  );
}

/** Those that can rank, in groups; at the tolerances that are typed now. */
function choicesOf(catalogue: readonly Metric[], { nsd_tolerances_mm, ranking_metrics }: PhaseValues) {
  const keys = keysMeasured(catalogue, tolerancesOf(nsd_tolerances_mm));
  const rankable = [...keys, ...ranking_metrics.filter((key) => !keys.includes(key))]
    .map((key) => metricOf(catalogue, key))
    .filter(({ higher_is_better }) => higher_is_better !== null);
  return inGroups(rankable).map(({ group, metrics }) => ({
    group: metricText.groups[group],
    items: metrics.map((metric) => ({ value: metric.key, label: nameWithUnit(metric) })),
  }));
}

interface DetailsProps {
  readonly form: UseFormReturnType<PhaseValues>;
  readonly catalogue: MetricCatalogue;
  readonly regions: number;
}

function Details({ form, catalogue, regions }: DetailsProps) {
  const [opened, setOpened] = useState<string[]>([]);
  const { places, measures } = text.scoring;
  // What is refused is never out of sight.
  const shown = form.errors.nsd_tolerances_mm ? [...new Set([...opened, 'measures'])] : opened;
  return (
    <Accordion multiple variant="separated" value={shown} onChange={setOpened}>
      <Accordion.Item value="places">
        <Accordion.Control>
          <Head {...places} />
        </Accordion.Control>
        <Accordion.Panel>
          <PlaceFields form={form} regions={regions} />
        </Accordion.Panel>
      </Accordion.Item>
      <Accordion.Item value="measures">
        <Accordion.Control>
          <Head {...measures} />
        </Accordion.Control>
        <Accordion.Panel>
          <MeasureFields form={form} rules={catalogue.lesion_rules} />
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function Head({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <>
      <Text size="sm" fw={550}>
        {title}
      </Text>
      <Text size="xs" c="dimmed">
        {hint}
      </Text>
    </>
  );
}

function PlaceFields({ form, regions }: Omit<DetailsProps, 'catalogue'>) {
  return (
    <Stack gap="md">
      <Radio.Group label={text.scoring.method} {...form.getInputProps('ranking_method')}>
        <Choices of={text.method} />
      </Radio.Group>
      <Group align="flex-start" gap="xl">
        {form.values.ranking_method !== 'test_based' && (
          <Radio.Group label={text.scoring.statistic} flex="1 1 240px" {...form.getInputProps('ranking_statistic')}>
            <Choices of={text.statistic} />
          </Radio.Group>
        )}
        {regions > 1 && (
          <Radio.Group label={text.scoring.regions} flex="1 1 240px" {...form.getInputProps('ranking_regions')}>
            <Choices of={text.regions} />
          </Radio.Group>
        )}
      </Group>
      <Radio.Group label={text.form.ties} {...form.getInputProps('ties')}>
        <Choices of={text.ties} />
      </Radio.Group>
    </Stack>
  );
}

interface MeasureFieldsProps {
  readonly form: UseFormReturnType<PhaseValues>;
  readonly rules: MetricCatalogue['lesion_rules'];
}

function MeasureFields({ form, rules }: MeasureFieldsProps) {
  const chosen = rules.find(({ key }) => key === form.values.lesion_rules);
  return (
    <Stack gap="md">
      <NativeSelect
        label={text.scoring.lesionRules}
        description={chosen?.description ?? ''}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={rules.map(({ key, name }) => ({ value: key, label: name }))}
        {...form.getInputProps('lesion_rules')}
      />
      <TagsInput
        label={text.scoring.tolerances}
        description={text.scoring.tolerancesHint(MOST_TOLERANCES)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        maxTags={MOST_TOLERANCES}
        splitChars={[',', ';', ' ']}
        acceptValueOnBlur
        {...form.getInputProps('nsd_tolerances_mm')}
      />
    </Stack>
  );
}

/** What the change does to scores that there are; nothing to say where there are none. */
function ChangeNote({ form, phase }: { readonly form: UseFormReturnType<PhaseValues>; readonly phase: Phase }) {
  const scoring = useQuery(queries.phaseScoring(phase.id)).data;
  const change = scoringChange(form.getInitialValues(), form.values);
  const evaluations = scoring ? scoring.evaluations.current + scoring.evaluations.older : 0;
  if (change === 'none' || evaluations === 0) return null;
  const { ranking, metric_set } = text.scoring.change;
  return change === 'ranking' ? (
    <Alert color="petrol" title={ranking.title} role="status">
      {ranking.sentence}
    </Alert>
  ) : (
    <Alert color="yellow" title={metric_set.title(evaluations)} role="status">
      {metric_set.sentence}
    </Alert>
  );
}
