import { Burger, Button, Collapse, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type RefObject, useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';

import { loginPath, type Session, useSession } from '~/session';
import { BrandMark } from '~/ui';

import { useKeptPerson } from '../offline/useKeptPerson';
import { LiveIndicator } from './LiveIndicator';
import { PersonMenu } from './PersonMenu';
import classes from './Shell.module.css';
import { text } from './text';
import { ThemeToggle } from './ThemeToggle';

/** Header, page, footer: what stays while pages change. */
export function Shell() {
  const main = useRef<HTMLElement>(null);
  const loading = useNavigation().state === 'loading';
  useFocusOnNavigation(main);
  useKeptPerson();
  return (
    <div className={classes.shell}>
      <a href="#content" className="skip-link">
        {text.skip}
      </a>
      <Header />
      <div className={classes.progress} data-loading={loading || undefined} aria-hidden />
      <main id="content" ref={main} tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <footer className={classes.footer}>
        <span>{text.footer}</span>
        <a href="/api/v1/schema/">{text.apiSchema}</a>
      </footer>
      <ScrollRestoration />
    </div>
  );
}

function Header() {
  const [open, { toggle, close }] = useDisclosure(false);
  const session = useSession();
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <header className={classes.header}>
      <div className={classes.bar}>
        <Link to="/" className={classes.brand} aria-label={text.home}>
          <BrandMark />
          <span>Consilium</span>
        </Link>
        <nav aria-label={text.navigation} className={classes.links}>
          <Links session={session} />
        </nav>
        <Group gap={6} wrap="nowrap" ml="auto">
          <LiveIndicator />
          <ThemeToggle />
          {session.user ? <PersonMenu user={session.user} /> : session.known && <GuestButtons />}
          <Burger
            className={classes.burger}
            size="sm"
            opened={open}
            onClick={toggle}
            aria-label={open ? text.closeMenu : text.openMenu}
            aria-expanded={open}
            aria-controls="narrow-menu"
          />
        </Group>
      </div>
      <Collapse in={open} id="narrow-menu" className={classes.narrow}>
        <nav aria-label={text.navigation} className={classes.narrowLinks}>
          <Links session={session} />
          {session.known && !session.user && (
            <NavLink to="/register" className={classes.link ?? ''}>
              {text.register}
            </NavLink>
          )}
        </nav>
      </Collapse>
    </header>
  );
}

function Links({ session }: { readonly session: Session }) {
  const rates = session.memberships.some(({ role }) => role === 'rater');
  const links = [
    { to: '/', label: text.links.challenges, shown: true },
    { to: '/submissions', label: text.links.submissions, shown: session.user !== null },
    { to: '/rate', label: text.links.rate, shown: rates },
    { to: '/organize', label: text.links.organize, shown: session.user !== null },
  ];
  return links
    .filter(({ shown }) => shown)
    .map(({ to, label }) => (
      <NavLink key={to} to={to} end={to === '/'} className={classes.link ?? ''}>
        {label}
      </NavLink>
    ));
}

function GuestButtons() {
  const { pathname, search } = useLocation();
  return (
    <>
      <Button component={Link} to={loginPath(pathname + search)} size="compact-md" variant="light">
        {text.login}
      </Button>
      <Button component={Link} to="/register" size="compact-md" visibleFrom="sm">
        {text.register}
      </Button>
    </>
  );
}

/** After a navigation the keyboard and the screen reader continue at the new page, not at the old link. */
function useFocusOnNavigation(target: RefObject<HTMLElement | null>) {
  const { pathname } = useLocation();
  const previous = useRef(pathname);
  useEffect(() => {
    if (previous.current === pathname) return;
    const sameChallenge = samePage(previous.current, pathname);
    previous.current = pathname;
    if (!sameChallenge) target.current?.focus({ preventScroll: true });
  }, [pathname, target]);
}

/** The tabs of one challenge are one page: the focus stays on the tab. */
function samePage(before: string, after: string): boolean {
  const [, room, name] = before.split('/');
  const [, nextRoom, nextName] = after.split('/');
  return room === 'challenges' && room === nextRoom && name === nextName;
}

