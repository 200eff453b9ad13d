/** Events like those of a shop's site: about 600 bytes each, a third with text beyond ASCII, the same for the same seed. */
export const makeEvents = (count: number, seed: number): string[] => {
  const next = random(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] ?? (items[0] as Item);
  return Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      event_id: `0199aa00-0000-7000-8000-${(at + seed * 1e6).toString(16).padStart(12, '0')}`,
      event_name: pick(['page_viewed', 'product_viewed', 'product_added', 'checkout_started', 'order_completed']),
      event_time: new Date(1_795_000_000_000 + at * 7).toISOString(),
      anonymous_id: `a-${Math.floor(next() * 5000)}`,
      user_id: next() < 0.4 ? `u-${Math.floor(next() * 2000)}` : null,
      context: {
        ip: `203.0.113.${Math.floor(next() * 255)}`,
        user_agent: pick(agents),
        locale: pick(['en-GB', 'de-DE', 'ja-JP', 'fr-FR']),
        page: {
          url: `https://shop.example/p/${at % 400}?ref=mail`,
          path: `/p/${at % 400}`,
          title: pick(titles),
          referrer: pick(referrers),
        },
        campaign:
          next() < 0.3
            ? { source: pick(['google', 'newsletter', 'facebook']), medium: 'cpc', name: 'autumn' }
            : undefined,
      },
      properties: {
        product_id: `sku-${at % 900}`,
        name: pick(titles),
        price: (next() * 200).toFixed(2),
        currency: pick(['USD', 'EUR']),
        quantity: 1 + Math.floor(next() * 3),
      },
    }),
  );
};

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
];
const titles = [
  'Blue roses',
  'Crème brûlée torch',
  'Kaffeemühle, groß',
  '抹茶セット',
  'Running shoes',
  'Desk lamp',
  'Winter coat',
];
const referrers = ['https://www.google.com/', 'https://news.example/a', '', 'https://shop.example/'];

/** mulberry32: small, seeded, good enough to vary a workload. */
const random = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
