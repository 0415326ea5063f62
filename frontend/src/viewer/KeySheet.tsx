import { Kbd, Modal } from '@mantine/core';

import { KEY_BINDINGS, POINTER_HELP } from './keys';
import { useSession, useViewer } from './session';
import classes from './KeySheet.module.css';

export function KeySheet() {
  const { store } = useSession();
  const opened = useViewer((state) => state.keySheetOpen);
  const close = () => store.update((state) => ({ ...state, keySheetOpen: false }));
  return (
    <Modal opened={opened} onClose={close} title="Keys and pointer" size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.columns}>
        <dl className={classes.list}>
          {KEY_BINDINGS.map(({ shown, does }) => (
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
          {POINTER_HELP.map(([gesture, does]) => (
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
