import { beforeEach, describe, expect, it, vi } from 'vitest';

import { chordOf, shownChord } from './chords';
import type { KeyBinding } from './keys';
import { holderOf, overridesOf, setOverrides, withDefault, withKey, withOverrides } from './keyScope';

const press = (key: string, code: string, held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey', true>> = {}, graph = false) =>
  chordOf({
    ...{ key, code, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held },
    getModifierState: (name) => graph && name === 'AltGraph',
  });

describe('chords', () => {
  it('names letters without their case, and Shift apart', () => {
    expect(press('b', 'KeyB')).toBe('b');
    expect(press('B', 'KeyB')).toBe('b');
    expect(press('B', 'KeyB', { shiftKey: true })).toBe('Shift+b');
    expect(press('z', 'KeyZ', { metaKey: true })).toBe('Ctrl+z');
  });

  it('takes digits by their place, whatever Shift makes of them', () => {
    expect(press('!', 'Digit1', { shiftKey: true })).toBe('Shift+1');
    expect(press('&', 'Digit1')).toBe('1');
    expect(press('¡', 'Digit1', { altKey: true })).toBe('Alt+1');
  });

  it('takes signs as they are written', () => {
    expect(press('?', 'Slash', { shiftKey: true })).toBe('?');
    expect(press('[', 'Digit8', { ctrlKey: true, altKey: true }, true)).toBe('[');
    expect(press('ArrowUp', 'ArrowUp', { shiftKey: true })).toBe('Shift+ArrowUp');
    expect(press(' ', 'Space')).toBe('Space');
  });

  it('is none while only Shift is held', () => {
    expect(press('Shift', 'ShiftLeft', { shiftKey: true })).toBeNull();
  });

  it('shows what is printed on caps', () => {
    expect(shownChord('Ctrl+Shift+z')).toEqual(['Ctrl', '⇧', 'Z']);
    expect(shownChord('+')).toEqual(['+']);
    expect(shownChord('Ctrl++')).toEqual(['Ctrl', '+']);
  });
});

const binding = (id: string, ...keys: string[]): KeyBinding => ({ id, keys, does: id, press: (state) => state });
const BINDINGS = [binding('brush', 'b'), binding('lasso', 'l'), binding('redo', 'Ctrl+y', 'Ctrl+Shift+z')];
const keysOf = (id: string, overrides: Parameters<typeof withOverrides>[1]) =>
  withOverrides(BINDINGS, overrides).find((each) => each.id === id)?.keys;

describe('keys that a person has set', () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) };
    vi.stubGlobal('localStorage', storage);
    vi.stubGlobal('window', new EventTarget());
  });

  it('replace the default ones', () => {
    const overrides = withKey(BINDINGS, {}, 'redo', 'r');
    expect(keysOf('redo', overrides)).toEqual(['r']);
    expect(keysOf('brush', overrides)).toEqual(['b']);
  });

  it('are taken from whoever had them by default, who gets them back', () => {
    const overrides = withKey(BINDINGS, {}, 'lasso', 'b');
    expect(keysOf('brush', overrides)).toEqual([]);
    expect(keysOf('lasso', overrides)).toEqual(['b']);
    expect(keysOf('brush', withDefault(overrides, 'lasso'))).toEqual(['b']);
  });

  it('are taken from whoever had chosen them', () => {
    const first = withKey(BINDINGS, {}, 'lasso', 'x');
    const second = withKey(BINDINGS, first, 'brush', 'x');
    expect(keysOf('lasso', second)).toEqual([]);
    expect(keysOf('brush', second)).toEqual(['x']);
  });

  it('tell who has a key', () => {
    expect(holderOf(BINDINGS, 'Ctrl+y', 'brush')?.id).toBe('redo');
    expect(holderOf(BINDINGS, 'b', 'brush')).toBeUndefined();
  });

  it('are kept in the browser, each scope its own', () => {
    setOverrides('one', { brush: ['x'] });
    expect(JSON.parse(localStorage.getItem('consilium.keys.one') ?? '')).toEqual({ brush: ['x'] });
    expect(overridesOf('one').get()).toEqual({ brush: ['x'] });
    expect(overridesOf('two').get()).toEqual({});
  });

  it('come back as the defaults where something else lies there', () => {
    localStorage.setItem('consilium.keys.three', '{"brush": 7, "lasso": ["m"]}');
    expect(overridesOf('three').get()).toEqual({ lasso: ['m'] });
    localStorage.setItem('consilium.keys.four', 'nothing');
    expect(overridesOf('four').get()).toEqual({});
  });
});
