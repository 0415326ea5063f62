import { formatBytes } from '~/format';

export const text = {
  column: 'On this device',
  keep: 'Keep',
  keepNamed: (name: string) => `Keep ${name} for offline`,
  keeping: (part: number) => `${Math.round(part * 100)} %`,
  keepingNamed: (name: string) => `Keeping ${name} for offline`,
  kept: 'Available offline',
  keptSize: (bytes: number) => `Available offline · ${formatBytes(bytes)}`,
  notKept: 'Not available offline',
  remove: 'Remove from this device',
  removeNamed: (name: string) => `Remove ${name} from this device`,
  unsent: (count: number) => `${count === 1 ? '1 edit waits' : `${count} edits wait`} here to be sent`,
  keptSentence: 'Images and your work are on this device: this case opens and can be painted without a network.',
  notKeptSentence: 'Download the images to open this case without a network. What you paint is kept here in any case.',
  noRoom: 'This device has no room for the case. Remove others under your account, or free some disk.',
  panel: {
    title: 'On this device',
    lead: 'Cases that open without a network. They leave this device when you log out or hand them in, and after 14 days without a network.',
    none: 'No case is kept here',
    noneHint: 'A case that you open in the studio is kept by itself; others can be kept from the list of your cases.',
    used: (bytes: number, most: number) => `${formatBytes(bytes)} of at most ${formatBytes(most)}`,
    usage: 'Space used by kept cases',
    promised: 'The browser keeps them even when the disk gets full.',
    notPromised: 'The browser may delete them when the disk gets full; edits that are not sent as well.',
    automatic: 'Keep every case that I open here',
    automaticHint: 'Turn it off on a computer that you share.',
    removeAll: 'Remove all',
    unsupported: 'This browser keeps no cases here: it needs HTTPS and a window that is not private.',
  },
  logOut: {
    title: 'Not everything is sent',
    sentence: (count: number) =>
      `${count === 1 ? '1 edit waits' : `${count} edits wait`} on this device for the server. Logged out, they stay here, seen by nobody, and are sent when you log in here again. Images are removed.`,
    go: 'Log out',
    stay: 'Stay logged in',
  },
};
