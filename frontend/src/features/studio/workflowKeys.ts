/** The keys that lead from case to case. */
import { grouped, type KeyBinding } from '~/viewer';

import { doing } from '../drawing';
import type { Studio } from './studio';
import { text } from './text';

/**
 * @param goOn to the next open case; null where there is none.
 * @param paints whether the studio can be painted in, and so be handed in.
 */
export function workflowKeys(studio: Studio, { goOn, paints }: { readonly goOn: (() => void) | null; readonly paints: boolean }): KeyBinding[] {
  const submit: KeyBinding = {
    id: 'case.submit',
    keys: ['Ctrl+Enter'],
    does: text.keys.submit,
    press: doing(() => studio.askToSubmit()),
  };
  const next: KeyBinding = { id: 'case.next', keys: ['Shift+n'], does: text.keys.next, press: doing(() => goOn?.()) };
  return grouped(text.keys.group, paints ? [next, submit] : [next]);
}
