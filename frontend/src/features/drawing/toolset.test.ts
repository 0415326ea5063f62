import { describe, expect, it } from 'vitest';

import { ACTIONS, closesRegions, loggedTool, nextOver, paintsLabels, resized, shownTool, TOOLS } from './toolset';

describe('the tools', () => {
  it('have a key each, of their own', () => {
    const letters = [...Object.values(TOOLS), ...Object.values(ACTIONS)].map(({ letter }) => letter);
    expect(new Set(letters).size).toBe(letters.length);
  });

  it('go round what is painted over', () => {
    const labels = [{ value: 1 }, { value: 4 }];
    const round = [null, 0, 1, 4, null] as const;
    round.slice(1).forEach((next, i) => expect(nextOver(labels, round[i] ?? null)).toBe(next));
  });

  it('close regions only where they paint a label', () => {
    expect(closesRegions('brush')).toBe(true);
    expect((['eraser', 'unsure', 'islands', 'fix'] as const).some(closesRegions)).toBe(false);
    expect([paintsLabels('lasso'), paintsLabels('unsure'), paintsLabels('navigate')]).toEqual([true, false, false]);
  });

  it('are named in the log, and for people', () => {
    expect(loggedTool('unsure', true)).toBe('unsure 3d');
    expect([shownTool('unsure 3d'), shownTool('fix'), shownTool('upload')]).toEqual(['Confidence brush 3D', 'Linter fix', 'upload']);
  });

  it('have sizes within bounds, finer where they are small', () => {
    expect([resized(4, 1), resized(12, 1), resized(5, -1), resized(0.5, -1), resized(30, 1)]).toEqual([4.5, 14, 4.5, 0.5, 30]);
  });
});
