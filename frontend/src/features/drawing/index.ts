/** Drawing labels in the viewer's panes: for the studio, and wherever else labels are painted. */
export { base64ToBytes, bytesToBase64 } from './base64';
export { DisplaySection } from './DisplaySection';
export { Drawing, type LogEdit } from './drawing';
export { EditorContext, useLabelEditor } from './editorContext';
export { newEditId } from './editId';
export { EvidenceSection } from './EvidenceSection';
export { HistoryPanel } from './HistoryPanel';
export { doing, DRAWING_POINTER, drawingKeys } from './keys';
export { DRAWING, LabelEditor } from './labelEditor';
export { LabelPalette } from './LabelPalette';
export { LintSection } from './LintSection';
export { RulerSection } from './RulerSection';
export { ToolOptions } from './ToolOptions';
export { ToolRail } from './ToolRail';
export { UndoButtons } from './UndoButtons';
export { shownTool } from './toolset';
