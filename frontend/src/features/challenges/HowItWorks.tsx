import { SimpleGrid, Text, Title } from '@mantine/core';
import { IconBrush, IconChartDots, IconCircles } from '@tabler/icons-react';

import classes from './HowItWorks.module.css';
import { text } from './text';

const ICONS = [IconBrush, IconCircles, IconChartDots];

/** For those who come here first: where a reference comes from, and what a rank means. */
export function HowItWorks({ narrow }: { readonly narrow: boolean }) {
  return (
    <section aria-labelledby="how-it-works" className={classes.section} data-narrow={narrow || undefined}>
      <Title order={2} id="how-it-works" className="eyebrow" mb="md">
        {text.how.title}
      </Title>
      <SimpleGrid cols={narrow ? 1 : { base: 1, sm: 3 }} spacing="xl" verticalSpacing="lg" component="ol" className={classes.steps}>
        {text.how.steps.map(({ title, sentence }, index) => {
          const Icon = ICONS[index] ?? IconCircles;
          return (
            <li key={title}>
              <Icon size={24} stroke={1.5} color="var(--accent)" aria-hidden />
              <Title order={3} mt={6} mb={2}>
                {title}
              </Title>
              <Text size="sm" c="dimmed">
                {sentence}
              </Text>
            </li>
          );
        })}
      </SimpleGrid>
    </section>
  );
}
