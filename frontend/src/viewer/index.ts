export type { CaseImage, CaseOverlay, ErrorPair } from './content';
export type { Label, LabelScheme, Region } from './core/labels';
export { CaseViewer, type CaseViewerProps } from './CaseViewer';

// For those who edit: the label engine, and the viewer's parts to build a page around.
export * from './core/edits';
export { decodeEdit, encodeEdit } from './core/editRecord';
export * from './core/tools';
export { LabelChanges } from './core/changes';
export { countEdit, labelsVolume_ml, type LabelStatistics } from './core/labels';
export { decodeNifti } from './core/nifti';
export { type Labelmap, toLabelmap, type Volume, type VoxelBox } from './core/volume';
export { labelId } from './content';
export { DarkTheme } from './DarkTheme';
export type { PaneCursor, PaneDrag, PaneEditor, PanePoint, PaneSlice } from './editor';
export { formatVolume_ml } from './format';
export { attachKeys, KEY_BINDINGS, type KeyBinding, POINTER_HELP } from './keys';
export { growCutInWorker } from './growCutInWorker';
export { KeySheet } from './KeySheet';
export { PaneGrid } from './PaneGrid';
export { automaticWindow, geometryOf, imageOrProblem, referenceVolume, statisticsOf } from './scene';
export { type Session, SessionContext, useNewSession, useSession, useViewer } from './session';
export { setFile, stepSlices, toggled, type ViewerState } from './state';
export { Store, useStore } from './store';
export { Toolbar } from './Toolbar';
