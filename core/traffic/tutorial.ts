import type { NonEmpty, Random } from './random.ts';

/** The event of the tutorials that people start from; in its pure form it has no id. */
export interface TutorialEvent {
  /** ISO 8601, UTC, milliseconds. */
  readonly event_time: string;
  readonly event_name: TutorialName;
  readonly user: TutorialUser;
}

type TutorialName = 'JOIN' | 'LEAVE' | 'OPEN_CHAT' | 'SUBSCRIBE' | 'SEND_MESSAGE';

interface TutorialUser {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly plan: 'free' | 'plus';
}

type Presence = 'away' | 'joined' | 'chatting';
interface Person {
  user: TutorialUser;
  presence: Presence;
}

const firstNames: NonEmpty<string> = [
  'Ada',
  'Bilal',
  'Chiara',
  'Dmitri',
  'Elif',
  'Femi',
  'Greta',
  'Hiro',
  'Inês',
  'Jonas',
  'Kavya',
  'Léa',
];
const lastNames: NonEmpty<string> = [
  'Okafor',
  'Novák',
  'Rossi',
  'Sørensen',
  'Tanaka',
  'Weber',
  'Almeida',
  'Haddad',
  'Kowalska',
  'Singh',
];
const countries: NonEmpty<readonly [number, string]> = [
  [40, 'US'],
  [12, 'GB'],
  [12, 'DE'],
  [8, 'IN'],
  [8, 'BR'],
  [7, 'FR'],
  [7, 'JP'],
  [6, 'NG'],
];

const actions: Readonly<Record<Exclude<Presence, 'away'>, NonEmpty<readonly [number, TutorialName]>>> = {
  joined: [
    [55, 'OPEN_CHAT'],
    [8, 'SUBSCRIBE'],
    [12, 'LEAVE'],
  ],
  chatting: [
    [78, 'SEND_MESSAGE'],
    [6, 'OPEN_CHAT'],
    [3, 'SUBSCRIBE'],
    [13, 'LEAVE'],
  ],
};

const presenceAfter: Readonly<Record<TutorialName, Presence | undefined>> = {
  JOIN: 'joined',
  LEAVE: 'away',
  OPEN_CHAT: 'chatting',
  SUBSCRIBE: undefined,
  SEND_MESSAGE: 'chatting',
};

const createPerson = (random: Random, number: number): Person => ({
  user: {
    id: `u-${1000 + number}`,
    name: `${random.pick(firstNames)} ${random.pick(lastNames)}`,
    country: random.weighted(countries),
    plan: random.chance(0.2) ? 'plus' : 'free',
  },
  presence: 'away',
});

/**
 * A chat's users: each joins before anything else, opens a chat before sending, subscribes at most once, and is silent
 * after leaving until they join again. `at` is epoch milliseconds.
 */
export const createTutorial = (random: Random): ((at: number) => TutorialEvent) => {
  const [first, ...others] = Array.from({ length: 200 }, (_, index) => createPerson(random, index));
  const people: NonEmpty<Person> = [first ?? createPerson(random, 0), ...others];
  const online: Person[] = [];
  return (at) => {
    const newcomer = online.length < 3 || (online.length < 60 && random.chance(0.12));
    const person = newcomer ? random.pick(people) : (online[random.integer(0, online.length - 1)] ?? people[0]);
    const wanted = person.presence === 'away' ? 'JOIN' : random.weighted(actions[person.presence]);
    const name = wanted === 'SUBSCRIBE' && person.user.plan === 'plus' ? 'OPEN_CHAT' : wanted;
    if (name === 'SUBSCRIBE') person.user = { ...person.user, plan: 'plus' };
    if (name === 'JOIN') online.push(person);
    if (name === 'LEAVE') online.splice(online.indexOf(person), 1);
    person.presence = presenceAfter[name] ?? person.presence;
    return { event_time: new Date(at).toISOString(), event_name: name, user: person.user };
  };
};
