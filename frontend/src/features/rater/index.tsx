import { Route, Routes } from 'react-router';

import { AssignmentPage } from './AssignmentPage';
import { CaseView } from './CaseView';
import { RaterHome } from './RaterHome';

/** The rater's rooms: the queue, one case of it, and its images. */
export function Component() {
  return (
    <Routes>
      <Route index element={<RaterHome />} />
      <Route path=":assignmentId" element={<AssignmentPage />} />
      <Route path=":assignmentId/view" element={<CaseView />} />
    </Routes>
  );
}
