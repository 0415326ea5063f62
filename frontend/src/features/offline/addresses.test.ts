import { QueryClient } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';

import { queries } from '~/api/queries';
import { assignmentAddress, caseAddress, homeAddresses } from '~/offline/addresses';

import { raterQueries } from '../rater/queries';

const ORIGIN = 'https://one.example';

// Before the client is made: without a page it has no address to complete its own with.
vi.hoisted(() => {
  const Bare = globalThis.Request;
  vi.stubGlobal('Request', class extends Bare {
    constructor(input: string, init?: RequestInit) {
      super(new URL(input, 'https://one.example'), init);
    }
  });
});
const ID = '0192d5c4-1111-7000-8000-000000000001';

test('what is kept is kept under the addresses that the pages ask for', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', ({ url }: Request) => {
    asked.push(url.slice(ORIGIN.length));
    return Promise.resolve(Response.json({}));
  });
  const cache = new QueryClient();
  await cache.fetchQuery(queries.me());
  await cache.fetchQuery(raterQueries.mine(7));
  await cache.fetchQuery(raterQueries.assignment(ID));
  await cache.fetchQuery(raterQueries.case(ID));
  expect(asked).toEqual([...homeAddresses(7), assignmentAddress(ID), caseAddress(ID)]);
});
