export { ModelPage as Component } from './ModelPage';
export { ModelsTab } from './ModelsTab';
export { RunPage } from './RunPage';
export { TrainingPage } from './TrainingPage';
