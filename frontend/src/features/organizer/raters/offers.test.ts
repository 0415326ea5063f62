import { expect, test } from 'vitest';

import type { Assignment } from '../queries';
import { offeredCases } from './offers';

function assignment(name: string, caseId: string, source: string, head = 0, began_from = ''): Assignment {
  return {
    rater: { id: 1, username: name, name },
    case: { id: caseId, name: `Case ${caseId}` },
    annotation: { head, began_from },
    pre_annotation_source: source,
  } as Assignment;
}

test('an offer tells who waits, who started from it, and who did not', () => {
  const rows = offeredCases([
    assignment('Ada', 'a', 'Net 1'),
    assignment('Ben', 'a', 'Net 1', 3, 'Net 1'),
    assignment('Cleo', 'a', 'Net 2', 2),
    assignment('Ada', 'b', ''),
  ]);
  expect(rows).toEqual([
    { caseId: 'a', caseName: 'Case a', sources: ['Net 1', 'Net 2'], waiting: ['Ada'], began: ['Ben'], alone: ['Cleo'] },
  ]);
});

test('without offers there is nothing to show', () => {
  expect(offeredCases([assignment('Ada', 'a', '')])).toEqual([]);
});
