export { DevicePanel } from './DevicePanel';
export { KeptButton } from './KeptButton';
export { KeptCell } from './KeptCell';
export { text as offlineText } from './text';
export { useLeavingCases } from './useLeavingCases';
