import {
  crawler,
  type Landing,
  landings,
  type Market,
  markets,
  type Product,
  pages,
  products,
  userAgents,
} from './catalogue.ts';
import type { Random } from './random.ts';

/** A browser, and the person once signed in. */
interface Visitor {
  readonly anonymousId: string;
  readonly userAgent: string;
  readonly market: Market;
  userId: string | undefined;
}

/** One visit in progress; the shop moves it along. */
export interface Visit {
  readonly visitor: Visitor;
  readonly landing: Landing;
  readonly cart: { readonly product: Product; readonly quantity: number }[];
  stage: 'landing' | 'browsing' | 'viewing' | 'cart' | 'checkout' | 'crawling';
  product: Product;
  page: Page;
  /** True on the first page alone, which is where a tagged link shows its campaign. */
  arriving: boolean;
}

interface Page {
  readonly url: string;
  readonly path: string;
  readonly title: string;
  readonly referrer?: string;
}

export interface PageContext {
  readonly page: Page;
  readonly campaign?: { readonly source: string; readonly medium: string; readonly name: string };
  readonly user_agent: string;
  readonly locale: string;
  readonly timezone: string;
}

export interface Visits {
  /** A visit to move along: one in progress, or a new one. */
  choose(): Visit;
  /** The next content page; the first time the landing page, with campaign and outside referrer. */
  browse(visit: Visit): void;
  move(visit: Visit, path: string, title: string): void;
  signIn(visit: Visit): void;
  end(visit: Visit): void;
  contextOf(visit: Visit): PageContext;
}

const site = 'https://shop.example.com';
/** Few at a time, so that a run of a few hundred events already holds finished orders. */
const visitsAtOnce = 24;
const visitorsRemembered = 2000;

const landingUrl = (path: string, { campaign }: Landing): string =>
  campaign === undefined
    ? `${site}${path}`
    : `${site}${path}?utm_source=${campaign.source}&utm_medium=${campaign.medium}&utm_campaign=${campaign.name}`;

/** People who come, and come back: a returning visitor keeps the anonymous id, the device and the user id. */
export const createVisits = (random: Random, tag: string): Visits => {
  const open: Visit[] = [];
  const known: Visitor[] = [];
  let visitors = 0;

  const newVisitor = (): Visitor => {
    visitors += 1;
    return {
      anonymousId: `${tag}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${visitors.toString(16).padStart(12, '0')}`,
      userAgent: random.chance(0.02) ? crawler : random.weighted(userAgents),
      market: random.weighted(markets),
      userId: undefined,
    };
  };

  /** Takes someone out of memory while they visit, so that nobody is in two visits at once. */
  const comeBack = (): Visitor | undefined => {
    const index = random.integer(0, known.length - 1);
    const last = known.pop();
    const chosen = known[index] ?? last;
    if (last !== undefined && index < known.length) known[index] = last;
    return chosen;
  };

  const begin = (): Visit => {
    const visitor = (random.chance(0.25) ? comeBack() : undefined) ?? newVisitor();
    const isCrawler = visitor.userAgent === crawler;
    const visit: Visit = {
      visitor,
      landing: isCrawler ? {} : random.weighted(landings),
      cart: [],
      stage: isCrawler ? 'crawling' : 'landing',
      product: products[0],
      page: { url: site, path: '/', title: '' },
      arriving: false,
    };
    open.push(visit);
    return visit;
  };

  const move = (visit: Visit, path: string, title: string): void => {
    visit.page = { url: `${site}${path}`, path, title, referrer: visit.page.url };
    visit.arriving = false;
  };

  return {
    choose: () => {
      const visit = open[random.integer(0, open.length - 1)];
      return visit === undefined || (open.length < visitsAtOnce && random.chance(0.3)) ? begin() : visit;
    },
    browse: (visit) => {
      const [path, title] = random.pick(pages);
      if (visit.page.title !== '') {
        move(visit, path, title);
        return;
      }
      const { referrer } = visit.landing;
      visit.page = {
        url: landingUrl(path, visit.landing),
        path,
        title,
        ...(referrer === undefined ? {} : { referrer }),
      };
      visit.arriving = true;
      if (visit.stage === 'landing') visit.stage = 'browsing';
    },
    move,
    signIn: (visit) => {
      visit.visitor.userId ??= `user-${random.integer(1, 5000)}`;
    },
    end: (visit) => {
      open.splice(open.indexOf(visit), 1);
      if (visit.visitor.userAgent === crawler) return;
      if (known.length < visitorsRemembered) known.push(visit.visitor);
      else known[random.integer(0, visitorsRemembered - 1)] = visit.visitor;
    },
    contextOf: ({ page, visitor, landing, arriving }) => ({
      page,
      ...(arriving && landing.campaign !== undefined ? { campaign: landing.campaign } : {}),
      user_agent: visitor.userAgent,
      locale: visitor.market.locale,
      timezone: visitor.market.timezone,
    }),
  };
};
