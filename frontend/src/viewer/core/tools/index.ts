/** The label engine: every tool is a function of a labelmap, and gives an edit. */
export { componentsOf, fillHoles, type HoleOptions, type IslandOptions, type Keep, removeIslands } from './cleanup';
export { fillLasso, type LassoOptions, relabelLasso, type RelabelOptions } from './lasso';
export { floodFill, type FillOptions, growFromSeed, type GrowOptions } from './fill';
export { type Connectivity } from './flood';
export { type LabelGrid, pointInSlice, slicePlane, type SlicePlane, ToolError } from './grid';
export {
  growCutEdit,
  type GrowCutJob,
  type GrowCutSeeds,
  prepareGrowCut,
  runGrowCut,
} from './growCut';
export {
  EMPTY_HISTORY,
  type History,
  type NamedEdit,
  type Rebased,
  rebasePending,
  redo,
  type Step,
  undo,
  withEdit,
  withRebased,
} from './history';
export { labelAround, type PaintRules } from './rules';
export {
  type CopyOptions,
  copySlice,
  type InterpolationOptions,
  interpolateSlices,
  slicesWith,
} from './slicewise';
export { type Brush, type BrushPoint, paintStroke, Stroke } from './stroke';
