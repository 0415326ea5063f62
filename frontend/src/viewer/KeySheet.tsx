import { ActionIcon, Button, Group, Kbd, Modal, Tooltip } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { Fragment, useState } from 'react';

import { chordOf, shownChord } from './chords';
import type { KeyBinding } from './keys';
import {
  holderOf,
  type KeyOverrides,
  type KeyScope,
  overridesOf,
  setOverrides,
  withDefault,
  withKey,
  withOverrides,
} from './keyScope';
import { useSession, useViewer } from './session';
import { useStore } from './store';
import classes from './KeySheet.module.css';

/** These move between controls and leave dialogs, for everybody. */
const RESERVED = new Set(['Tab', 'Shift+Tab', 'Enter', 'Escape']);

interface KeySheetProps {
  readonly bindings: readonly KeyBinding[];
  readonly scope: KeyScope;
  readonly pointer: readonly (readonly [string, string])[];
}

/** What every key does. A key is changed by choosing it, and pressing another. */
export function KeySheet({ bindings, scope, pointer }: KeySheetProps) {
  const { store } = useSession();
  const opened = useViewer((state) => state.keySheetOpen);
  const [editing, setEditing] = useState<string | null>(null);
  const overrides = useStore(overridesOf(scope), (all) => all);
  const current = withOverrides(bindings, overrides);
  const groups = [...new Set(current.map(({ group = 'More' }) => group))];
  const close = () => {
    setEditing(null);
    store.update((state) => ({ ...state, keySheetOpen: false }));
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      closeOnEscape={editing === null}
      title="Keys and pointer"
      size={1180}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.intro}>
        <span>Choose a key to change it. Your keys are kept in this browser.</span>
        <Button
          size="compact-xs"
          variant="default"
          disabled={Object.keys(overrides).length === 0}
          onClick={() => setOverrides(scope, {})}
        >
          Reset all keys
        </Button>
      </div>
      <div className={classes.groups}>
        {groups.map((group) => (
          <section key={group} className={classes.group}>
            <h3>{group}</h3>
            {current
              .filter((binding) => (binding.group ?? 'More') === group)
              .map((binding) => (
                <KeyRow
                  key={binding.id}
                  binding={binding}
                  sheet={{ bindings, scope, overrides }}
                  editing={editing === binding.id}
                  onEdit={(on) => setEditing(on ? binding.id : null)}
                />
              ))}
          </section>
        ))}
        <section className={classes.group}>
          <h3>Pointer</h3>
          {pointer.map(([gesture, does]) => (
            <div key={gesture} className={classes.row}>
              <span className={classes.gesture}>{gesture}</span>
              <span className={classes.does}>{does}</span>
            </div>
          ))}
        </section>
      </div>
    </Modal>
  );
}

interface Sheet {
  readonly bindings: readonly KeyBinding[];
  readonly scope: KeyScope;
  readonly overrides: KeyOverrides;
}

interface KeyRowProps {
  readonly binding: KeyBinding;
  readonly sheet: Sheet;
  readonly editing: boolean;
  readonly onEdit: (on: boolean) => void;
}

function KeyRow({ binding, sheet, editing, onEdit }: KeyRowProps) {
  const { id, keys, does } = binding;
  const { scope, overrides } = sheet;
  const isChanged = overrides[id] !== undefined;
  const words = keys.map((key) => shownChord(key).join(' ')).join(' ') || 'no key';
  return (
    <div className={classes.row} data-changed={isChanged}>
      {editing ? (
        <KeyCapture binding={binding} sheet={sheet} onDone={() => onEdit(false)} />
      ) : (
        <button type="button" className={classes.keys} aria-label={`${does}: ${words}. Change`} onClick={() => onEdit(true)}>
          {keys.length === 0 ? '–' : keys.map((key) => <Chord key={key} chord={key} />)}
        </button>
      )}
      <span className={classes.does}>{does}</span>
      {isChanged && !editing && (
        <Tooltip label="Default key">
          <ActionIcon
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={`Default key for ${does}`}
            onClick={() => setOverrides(scope, withDefault(overrides, id))}
          >
            <IconRestore size={13} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

interface KeyCaptureProps {
  readonly binding: KeyBinding;
  readonly sheet: Sheet;
  readonly onDone: () => void;
}

/** Waits for a key; one that another binding has is taken from it only if the person says so. */
function KeyCapture({ binding, sheet, onDone }: KeyCaptureProps) {
  const { bindings, scope, overrides } = sheet;
  const [wanted, setWanted] = useState<string | null>(null);
  const current = withOverrides(bindings, overrides);
  const holder = wanted === null ? undefined : holderOf(current, wanted, binding.id);
  const take = (chord: string) => {
    setOverrides(scope, withKey(bindings, overrides, binding.id, chord));
    onDone();
  };
  if (wanted !== null && holder) {
    return (
      <div className={classes.conflict} role="alert">
        <span>
          <Chord chord={wanted} /> is the key of “{holder.does}”.
        </span>
        <Group gap={6}>
          <Button size="compact-xs" data-autofocus onClick={() => take(wanted)}>
            Take it
          </Button>
          <Button size="compact-xs" variant="default" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </div>
    );
  }
  return (
    <button
      type="button"
      ref={(button) => button?.focus()}
      className={classes.keys}
      data-waiting
      aria-label={`Press a key for ${binding.does}; Escape cancels`}
      onBlur={onDone}
      onKeyDown={(event) => {
        if (event.key === 'Tab') return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Escape') return onDone();
        const chord = chordOf(event.nativeEvent);
        if (chord === null || RESERVED.has(chord)) return;
        if (holderOf(current, chord, binding.id)) setWanted(chord);
        else take(chord);
      }}
    >
      Press a key
    </button>
  );
}

function Chord({ chord }: { readonly chord: string }) {
  return (
    <span className={classes.chord}>
      {/* The spaces make what is seen a part of the button's name. */}
      {shownChord(chord).map((part) => (
        <Fragment key={part}>
          <Kbd size="xs">{part}</Kbd>{' '}
        </Fragment>
      ))}
    </span>
  );
}
