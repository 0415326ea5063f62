import { Route, Routes } from 'react-router';

import { ConsolePage } from './ConsolePage';
import { OrganizerHome } from './home/OrganizerHome';

/** The organizer's rooms: the challenges one organizes, and the console of each. */
export function Component() {
  return (
    <Routes>
      <Route index element={<OrganizerHome />} />
      <Route path=":slug/:tab?" element={<ConsolePage />} />
    </Routes>
  );
}
