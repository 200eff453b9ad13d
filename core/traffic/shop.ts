import { coupons, type Product, products } from './catalogue.ts';
import { percentOf, toDecimalText } from './money.ts';
import type { NonEmpty, Random } from './random.ts';
import { createVisits, type PageContext, type Visit } from './visits.ts';

type ShopName =
  | 'page_viewed'
  | 'product_viewed'
  | 'product_added'
  | 'checkout_started'
  | 'order_completed'
  | 'order_refunded';

/** What happened in the shop, without id and time; native form but for those. */
export interface ShopStep {
  readonly event_name: ShopName;
  readonly anonymous_id: string;
  readonly user_id?: string;
  readonly context: PageContext;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Whole cents taken (order_completed) or given back (order_refunded). */
  readonly money?: { readonly currency: string; readonly cents: number };
}

interface Refund {
  readonly due: number;
  readonly visit: Visit;
  readonly orderId: string;
  readonly cents: number;
}

type Next = 'page' | 'view' | 'add' | 'checkout' | 'order' | 'leave';
const choices: Readonly<Record<Visit['stage'], NonEmpty<readonly [number, Next]>>> = {
  landing: [[1, 'page']],
  browsing: [
    [26, 'page'],
    [52, 'view'],
    [22, 'leave'],
  ],
  viewing: [
    [42, 'add'],
    [28, 'view'],
    [12, 'page'],
    [18, 'leave'],
  ],
  cart: [
    [58, 'checkout'],
    [24, 'view'],
    [18, 'leave'],
  ],
  checkout: [
    [78, 'order'],
    [22, 'leave'],
  ],
  crawling: [
    [55, 'page'],
    [45, 'leave'],
  ],
};

const priced = (product: Product) => ({
  product_id: product.id,
  name: product.name,
  category: product.category,
  price: toDecimalText(product.price),
});

/** Visits that interleave, each consistent in itself; refunds follow their order some steps later. `tag` makes ids of this run its own. */
export const createShop = (random: Random, tag: string): (() => ShopStep) => {
  const visits = createVisits(random, tag);
  const refunds: Refund[] = [];
  let step = 0;
  let orders = 0;

  const stepOf = (
    visit: Visit,
    event_name: ShopName,
    properties: ShopStep['properties'],
    money?: ShopStep['money'],
  ): ShopStep => ({
    event_name,
    anonymous_id: visit.visitor.anonymousId,
    ...(visit.visitor.userId === undefined ? {} : { user_id: visit.visitor.userId }),
    context: visits.contextOf(visit),
    properties,
    ...(money === undefined ? {} : { money }),
  });

  const cartOf = (visit: Visit) => visit.cart.map(({ product, quantity }) => ({ ...priced(product), quantity }));
  const worthOf = (visit: Visit): number =>
    visit.cart.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);

  const order = (visit: Visit): ShopStep => {
    const { currency } = visit.visitor.market;
    const [code, percent] = random.pick(coupons);
    const coupon = random.chance(0.2);
    const cents = worthOf(visit) - (coupon ? percentOf(worthOf(visit), percent) : 0);
    orders += 1;
    const orderId = `ord-${tag}-${orders}`;
    if (random.chance(0.12)) {
      const back = random.chance(0.7) ? cents : percentOf(cents, 50);
      refunds.push({ due: step + random.integer(10, 120), visit, orderId, cents: back });
    }
    visits.move(visit, '/checkout/thank-you', 'Thank you');
    const properties = {
      order_id: orderId,
      total: toDecimalText(cents),
      currency,
      products: cartOf(visit),
      ...(coupon ? { coupon: code } : {}),
    };
    const done = stepOf(visit, 'order_completed', properties, { currency, cents });
    visits.end(visit);
    return done;
  };

  const refund = ({ visit, orderId, cents }: Refund): ShopStep => {
    const { currency } = visit.visitor.market;
    return stepOf(
      visit,
      'order_refunded',
      { order_id: orderId, total: toDecimalText(cents), currency },
      { currency, cents },
    );
  };

  const advance = (visit: Visit): ShopStep | undefined => {
    const { currency } = visit.visitor.market;
    switch (random.weighted(choices[visit.stage])) {
      case 'page':
        visits.browse(visit);
        return stepOf(visit, 'page_viewed', {});
      case 'view': {
        visit.product = random.pick(products);
        visit.stage = 'viewing';
        visits.move(visit, `/products/${visit.product.id}`, visit.product.name);
        return stepOf(visit, 'product_viewed', { ...priced(visit.product), currency });
      }
      case 'add': {
        const line = {
          product: visit.product,
          quantity: random.weighted([
            [80, 1],
            [15, 2],
            [5, 3],
          ]),
        };
        visit.cart.push(line);
        visit.stage = 'cart';
        return stepOf(visit, 'product_added', { ...priced(line.product), quantity: line.quantity, currency });
      }
      case 'checkout':
        visits.signIn(visit);
        visit.stage = 'checkout';
        visits.move(visit, '/checkout', 'Checkout');
        return stepOf(visit, 'checkout_started', {
          value: toDecimalText(worthOf(visit)),
          currency,
          products: cartOf(visit),
        });
      case 'order':
        return order(visit);
      case 'leave':
        visits.end(visit);
        return undefined;
    }
  };

  return () => {
    step += 1;
    const due = refunds.findIndex((each) => each.due <= step);
    const [returned] = due < 0 ? [] : refunds.splice(due, 1);
    if (returned !== undefined) return refund(returned);
    for (;;) {
      const happened = advance(visits.choose());
      if (happened !== undefined) return happened;
    }
  };
};
