import type { NonEmpty } from './random.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  /** Whole cents. */
  readonly price: number;
}

/** How a visit begins: a tagged link, a link on another site (referrer only), or neither. */
export interface Landing {
  readonly campaign?: { readonly source: string; readonly medium: string; readonly name: string };
  readonly referrer?: string;
}

export interface Market {
  readonly currency: 'USD' | 'EUR';
  readonly locale: string;
  readonly timezone: string;
}

export const products: NonEmpty<Product> = [
  { id: 'p-grinder-01', name: 'Hand grinder', category: 'grinders', price: 12_990 },
  { id: 'p-grinder-02', name: 'Electric grinder', category: 'grinders', price: 24_900 },
  { id: 'p-kettle-01', name: 'Gooseneck kettle', category: 'kettles', price: 7_995 },
  { id: 'p-kettle-02', name: 'Travel kettle', category: 'kettles', price: 3_450 },
  { id: 'p-filter-01', name: 'Paper filters, 100', category: 'filters', price: 699 },
  { id: 'p-filter-02', name: 'Steel filter', category: 'filters', price: 1_849 },
  { id: 'p-beans-01', name: 'Huila, Colombia, 250 g', category: 'beans', price: 1_390 },
  { id: 'p-beans-02', name: 'Yirgacheffe, Ethiopia, 250 g', category: 'beans', price: 1_575 },
  { id: 'p-beans-03', name: 'House espresso, 1 kg', category: 'beans', price: 3_333 },
  { id: 'p-cup-01', name: 'Café crème cup', category: 'cups', price: 1_201 },
];

export const landings: NonEmpty<readonly [number, Landing]> = [
  [22, { campaign: { source: 'google', medium: 'cpc', name: 'autumn-sale' }, referrer: 'https://www.google.com/' }],
  [8, { campaign: { source: 'google', medium: 'cpc', name: 'brand' }, referrer: 'https://www.google.com/' }],
  [17, { campaign: { source: 'newsletter', medium: 'email', name: 'weekly-47' } }],
  [
    14,
    { campaign: { source: 'facebook', medium: 'social', name: 'retargeting' }, referrer: 'https://www.facebook.com/' },
  ],
  [
    6,
    {
      campaign: { source: 'coffee-guide', medium: 'referral', name: 'best-grinders' },
      referrer: 'https://coffee-guide.example.org/grinders',
    },
  ],
  [5, { referrer: 'https://brewforum.example.net/t/8841' }],
  [6, { referrer: 'https://www.google.com/' }],
  [22, {}],
];

export const pages: NonEmpty<readonly [path: string, title: string]> = [
  ['/', 'Millrace Coffee'],
  ['/collections/grinders', 'Grinders'],
  ['/collections/beans', 'Beans'],
  ['/collections/kettles', 'Kettles'],
  ['/sale', 'Autumn sale'],
  ['/guides/pour-over', 'How to pour over'],
];

export const markets: NonEmpty<readonly [number, Market]> = [
  [62, { currency: 'USD', locale: 'en-US', timezone: 'America/New_York' }],
  [18, { currency: 'USD', locale: 'en-US', timezone: 'America/Los_Angeles' }],
  [11, { currency: 'EUR', locale: 'de-DE', timezone: 'Europe/Berlin' }],
  [9, { currency: 'EUR', locale: 'fr-FR', timezone: 'Europe/Paris' }],
];

const safari = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6';
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome';
export const userAgents: NonEmpty<readonly [number, string]> = [
  [28, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink}/142.0.0.0 Safari/537.36`],
  [22, `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${safari} Mobile/15E148 Safari/604.1`],
  [16, `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${blink}/142.0.0.0 Mobile Safari/537.36`],
  [14, `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${safari} Safari/605.1.15`],
  [8, 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'],
  [6, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink}/142.0.0.0 Safari/537.36 Edg/142.0.0.0`],
  [4, `Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${safari} Mobile/15E148 Safari/604.1`],
];

/** Crawlers look at pages and never buy. */
export const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

/** Coupon code and its percent off. */
export const coupons: NonEmpty<readonly [code: string, percent: number]> = [
  ['WELCOME10', 10],
  ['AUTUMN15', 15],
];
