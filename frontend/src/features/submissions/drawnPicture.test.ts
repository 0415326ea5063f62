import { expect, test } from 'vitest';

import { retryAfter_ms } from './drawnPicture';

test.each([
  ['3', 3000],
  [null, 2000],
  ['0', 2000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 2000],
  ['86400', 30_000],
])('after Retry-After %s it asks again in %i ms', (header, wait_ms) => expect(retryAfter_ms(header)).toBe(wait_ms));
