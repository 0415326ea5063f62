import type { Role } from '../queries';

const ROLES: Readonly<Record<Role, string>> = { organizer: 'Organizer', rater: 'Rater', participant: 'Participant' };
const DOES: Readonly<Record<Role, string>> = {
  organizer: 'Runs the challenge and sees everything in it.',
  rater: 'Annotates the cases that are assigned. Cannot compete.',
  participant: 'Submits predictions. Sees neither annotations nor the hidden reference.',
};

export const text = {
  lead: 'Everyone with a role. One person has one role: who makes the reference cannot compete against it.',
  caption: 'Members of the challenge',
  roles: ROLES,
  does: DOES,
  columns: { person: 'Person', role: 'Role', alias: 'Alias', since: 'Since', actions: '' },
  you: 'you',
  noAlias: '–',
  add: 'Add member',
  addRater: 'Add rater',
  form: {
    username: 'User name',
    usernameHint: 'They need an account first.',
    role: 'Role',
    alias: 'Alias',
    aliasHint: 'Shown instead of their name, such as “Rater 3”, on boards and plots.',
    needUsername: 'Whom?',
    add: 'Add',
    save: 'Save',
  },
  added: (name: string) => `${name} was added`,
  edit: 'Edit',
  editNamed: (name: string) => `Edit ${name}`,
  saved: (name: string) => `${name} was changed`,
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove ${name} from the challenge?`,
  removeSentence: 'They lose their role and what it lets them see. What they have made stays.',
  removed: 'Removed',
  filter: 'Role',
  all: 'All',
};
