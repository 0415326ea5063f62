import { Kbd, Modal } from '@mantine/core';

import { KEY_BINDINGS, type KeyBinding, POINTER_HELP } from './keys';
import { useSession, useViewer } from './session';
import classes from './KeySheet.module.css';

/** More than this no longer fits below each other. */
const MANY = 25;

interface KeySheetProps {
  readonly bindings?: readonly KeyBinding[];
  readonly pointer?: readonly (readonly [string, string])[];
}

export function KeySheet({ bindings = KEY_BINDINGS, pointer = POINTER_HELP }: KeySheetProps) {
  const { store } = useSession();
  const opened = useViewer((state) => state.keySheetOpen);
  const isLong = bindings.length > MANY;
  const close = () => store.update((state) => ({ ...state, keySheetOpen: false }));
  return (
    <Modal opened={opened} onClose={close} title="Keys and pointer" size={isLong ? 1080 : 'xl'} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.columns} data-long={isLong}>
        <dl className={classes.list}>
          {bindings.map(({ shown, does }) => (
            <div key={does} className={classes.row}>
              <dt>
                {shown.map((key) => (
                  <Kbd key={key} size="xs">
                    {key}
                  </Kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <dl className={classes.list}>
          {pointer.map(([gesture, does]) => (
            <div key={gesture} className={classes.row}>
              <dt>{gesture}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Modal>
  );
}
