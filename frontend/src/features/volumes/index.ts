export { BlandAltmanPlot } from './BlandAltmanPlot';
export { formatDifference_ml, type Limits, limitsInWords, limitsOf, type VolumePoint } from './limits';
