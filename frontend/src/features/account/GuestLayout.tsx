import { Outlet } from 'react-router';

import { BrandMark } from '~/ui';

import classes from './GuestLayout.module.css';

/** The pages before one is signed in: one narrow column. */
export function GuestLayout() {
  return (
    <div className={classes.layout}>
      <div className={classes.mark}>
        <BrandMark size={54} />
      </div>
      <Outlet />
    </div>
  );
}
