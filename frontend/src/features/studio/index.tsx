export { StudioPage as Component } from './StudioPage';
