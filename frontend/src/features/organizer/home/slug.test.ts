import { expect, test } from 'vitest';

import { slugFrom } from './slug';

test.each([
  ['Brain Tumours, 2026', 'brain-tumours-2026'],
  ['  Öd & été ', 'od-ete'],
  ['---', ''],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
])('the address of %s', (title, slug) => expect(slugFrom(title)).toBe(slug));
