/** What is done at once, with the chosen label in the chosen plane. */
import {
  copySlice,
  type Edit,
  fillHoles,
  growCutEdit,
  growCutInWorker,
  imageOrProblem,
  interpolateSlices,
  type Labelmap,
  prepareGrowCut,
  removeIslands,
  type Session,
  type SlicePlane,
  ToolError,
} from '~/viewer';

import type { LabelEditor } from './labelEditor';
import { text } from './text';
import { type ActionKey, GROW_CUT_MARGIN_MM, overRules, type ToolState } from './toolset';

export interface Action {
  readonly edit: Edit;
  /** Where it works; null in three dimensions. */
  readonly plane: SlicePlane | null;
}

/**
 * @param next the slice after this one, to copy to.
 * @throws ToolError where there is nothing to do, or no such slice.
 */
export function actionOf(
  action: Exclude<ActionKey, 'growcut'>,
  labelmap: Labelmap,
  plane: SlicePlane,
  next: number,
  state: ToolState,
): Action {
  const found = editOf(action, labelmap, plane, next, state);
  if (found.edit.start.length > 0) return found;
  throw new ToolError(`${action === 'copy' ? 'the slice has' : 'there is'} nothing to change for this label`);
}

function editOf(
  action: Exclude<ActionKey, 'growcut'>,
  labelmap: Labelmap,
  plane: SlicePlane,
  next: number,
  state: ToolState,
): Action {
  const { label, is3d } = state;
  const { axis, slice } = plane;
  const rules = overRules(state);
  const where = is3d ? null : plane;
  switch (action) {
    case 'interpolate':
      return { edit: interpolateSlices(labelmap, { axis, label, rules }), plane: null };
    case 'holes':
      return { edit: fillHoles(labelmap, { plane: where, label, rules }), plane: where };
    case 'islands':
      return { edit: removeIslands(labelmap, { plane: where, label, keep: { kind: 'largest' } }), plane: where };
    case 'copy':
      if (next < 0 || next >= labelmap.shape[axis]) throw new ToolError('this is the last slice');
      return {
        edit: copySlice(labelmap, { axis, from: slice, to: next, labels: [label], rules }),
        plane: { axis, slice: next },
      };
  }
}

/** All labels from what is painted; painting goes on meanwhile, and what is painted then stays. */
export async function growCut(editor: LabelEditor, session: Session, state: ToolState): Promise<void> {
  const { drawing, notice, scheme } = editor;
  const job = editor.attempt(() =>
    prepareGrowCut(drawing.labelmap, imagesOf(session), {
      labels: scheme.labels.map(({ value }) => value),
      margin_mm: GROW_CUT_MARGIN_MM,
    }),
  );
  if (!job) return;
  notice.update(() => text.growing);
  try {
    const labels = await growCutInWorker(job);
    await drawing.idle();
    // Seeds and what was painted since then keep their label: only background grows over.
    editor.paint('growcut', growCutEdit(drawing.labelmap, job, labels, { over: [0] }), state, null);
    notice.update(() => null);
  } catch (error) {
    notice.update(() => text.growingFailed(error instanceof Error ? error.message : String(error)));
  }
}

/** The sequences that are there, on the case's grid. */
function imagesOf({ content, store }: Session) {
  return content.images
    .filter(({ difference }) => !difference)
    .flatMap((image) => {
      const found = imageOrProblem(content, store.get(), image);
      return found && typeof found === 'object' ? [found.voxels] : [];
    });
}
