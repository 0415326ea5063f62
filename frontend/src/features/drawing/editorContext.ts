import { createContext, useContext } from 'react';

import type { LabelEditor } from './labelEditor';

export const EditorContext = createContext<LabelEditor | null>(null);

export function useLabelEditor(): LabelEditor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error('Tools, palettes and history need an EditorContext above them.');
  return editor;
}
