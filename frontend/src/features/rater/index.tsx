import { Route, Routes } from 'react-router';

import { AssignmentPage } from './AssignmentPage';
import { RaterHome } from './RaterHome';

/** The rater's rooms: the queue, and one case of it. */
export function Component() {
  return (
    <Routes>
      <Route index element={<RaterHome />} />
      <Route path=":assignmentId" element={<AssignmentPage />} />
    </Routes>
  );
}
