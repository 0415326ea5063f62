export { FindingsPanel } from './FindingsPanel';
export { ProgressSteps } from './ProgressSteps';
export { SubmissionPage } from './SubmissionPage';
export { SubmissionsPage as Component } from './SubmissionsPage';
export { SubmissionTable } from './SubmissionTable';
