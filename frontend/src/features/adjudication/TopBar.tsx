import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';

import { formatDay } from '~/format';
import { type Room, useLiveStatus } from '~/live';
import { useSession } from '~/session';
import { useStore } from '~/viewer';

import { UndoButtons } from '../drawing';
import { SaveState } from '../studio/SaveState';
import { SignInModal } from '../studio/SignInModal';
import { personColor } from './colors';
import { InviteButton } from './InviteButton';
import { useHere } from './roomContext';
import { SignButton } from './SignButton';
import { text } from './text';
import { useBackLink } from './useBackLink';
import { usePeople } from './useShared';
import { WithdrawButton } from './WithdrawButton';
import classes from './Adjudication.module.css';

export function TopBar({ live }: { readonly live: Room }) {
  const { room, adjudication, isOpen } = useHere();
  const back = useBackLink(adjudication);
  const settled = useStore(room.settled, (all) => all.size);
  return (
    <header className={classes.bar}>
      <Link to={back.to} className={classes.back} aria-label={back.label}>
        <IconArrowLeft size={16} aria-hidden /> <span>{back.label}</span>
      </Link>
      <h1 className={classes.title}>{adjudication.case.name}</h1>
      {room.regions.length > 0 && <span className={classes.progress}>{text.progress(settled, room.regions.length)}</span>}
      {isOpen ? <Working live={live} /> : <Closed />}
      {adjudication.may_manage && adjudication.status !== 'withdrawn' && <WithdrawButton />}
    </header>
  );
}

function Working({ live }: { readonly live: Room }) {
  const { room, adjudication } = useHere();
  const { user } = useSession();
  const { journal } = room;
  const signedOut = useStore(journal.state, ({ hindrance }) => hindrance?.kind === 'signed-out');
  const [later, setLater] = useState(false);
  return (
    <>
      <UndoButtons />
      <div className={classes.far}>
        <SaveState journal={journal} onSignIn={() => setLater(false)} />
        <People live={live} />
        {adjudication.may_manage && <InviteButton />}
        {adjudication.may_manage && <SignButton />}
      </div>
      {user && (
        <SignInModal opened={signedOut && !later} onClose={() => setLater(signedOut)} rater={user} journal={journal} />
      )}
    </>
  );
}

/** Who else is here, each in the colour of their cursor. */
function People({ live }: { readonly live: Room }) {
  const people = usePeople(live);
  const status = useLiveStatus();
  if (status === 'waiting') return <span className={classes.lost}>{text.people.connection.waiting}</span>;
  if (people.length === 0) return null;
  return (
    <ul className={classes.people} aria-label={text.people.here(people.length)}>
      {people.map(({ id, name }) => (
        <li key={id} style={{ borderColor: personColor(id), color: personColor(id) }} title={name}>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Closed() {
  const { adjudication } = useHere();
  const { signed_by, signed_at, result, status, note } = adjudication;
  if (status === 'withdrawn') return <p className={classes.closed}>{text.withdrawnLine}</p>;
  return (
    <p className={classes.closed} title={note || undefined}>
      {signed_by && signed_at && result && text.signed(signed_by.name, formatDay(signed_at), result.number)}
    </p>
  );
}
