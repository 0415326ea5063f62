export type { CaseImage, CaseOverlay, ErrorPair } from './content';
export type { Label, LabelScheme, Region } from './core/labels';
export { CaseViewer, type CaseViewerProps } from './CaseViewer';
