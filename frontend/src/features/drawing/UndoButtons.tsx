import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';

import { useKeyOf, useStore } from '~/viewer';

import { useLabelEditor } from './editorContext';
import { stepName } from './HistoryPanel';
import { text } from './text';
import classes from './Drawing.module.css';

export function UndoButtons() {
  const editor = useLabelEditor();
  const { done, undone } = useStore(editor.history, (history) => history);
  const name = (edit: (typeof done)[number] | undefined) => (edit ? stepName(editor.scheme, edit) : null);
  const undoWords = text.undo(name(done.at(-1)), useKeyOf('undo'));
  const redoWords = text.redo(name(undone.at(-1)), useKeyOf('redo'));
  return (
    <div className={classes.pair}>
      <Tooltip label={undoWords}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={undoWords} disabled={done.length === 0} onClick={() => editor.undo()}>
          <IconArrowBackUp size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redoWords}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={redoWords} disabled={undone.length === 0} onClick={() => editor.redo()}>
          <IconArrowForwardUp size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
