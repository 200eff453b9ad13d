/**
 * What neither the template nor a price list tells. Sizes are of `millrace simulate` on a laptop (an event 514 bytes, its
 * row 60 bytes in a landed object); times are guesses on the high side for the memory that the functions have.
 */
export const assumptions = {
  daysPerMonth: 30,
  /** What the envelope and its keys add to the events of a request. */
  envelopeBytes: 200,
  producerMs: { request: 15, event: 0.1 },
  transformerMs: { invocation: 20, event: 0.1 },
  /** The loader waits for the warehouse. */
  loaderSeconds: 10,
  /** Objects that one load may hold before it takes longer than the least that is billed. */
  loadSeconds: 10,
  /** Checks (they ask the warehouse while a load has it awake, functions/reconciler/moment.ts) a month, of which one in five looks further than the lake when nothing landed; and what one of them takes. */
  checksPerMonth: 43_200,
  fullChecks: 0.2,
  checkMs: 400,
  /** Size in the lake and in the warehouse, of an event's size. */
  landedShare: 0.15,
  warehouseShare: 0.3,
  logBytesPerInvocation: 700,
  /** Lambda asks a queue with so many long polls at once, each of this many seconds. */
  pollers: 5,
  pollSeconds: 20,
} as const;
