export { SubmitPage as Component } from './SubmitPage';
