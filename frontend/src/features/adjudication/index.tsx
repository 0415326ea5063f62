export { AdjudicationPage as Component } from './AdjudicationPage';
