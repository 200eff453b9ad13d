/** The command a newcomer pastes; it carries money and a campaign so that the chart above gets its first bar. */
export const firstEventCommand = (collector: string, orderId: string): string => {
  const base = collector.replace(/\/+$/, '');
  const url = base.endsWith('/v1/events') ? base : `${base}/v1/events`;
  const event = {
    event_name: 'order_completed',
    user_id: 'user-1',
    properties: { order_id: orderId, total: '129.90', currency: 'USD' },
    context: { campaign: { source: 'newsletter' } },
  };
  const lines = Object.entries(event).map(([key, value]) => `    "${key}": ${JSON.stringify(value)}`);
  return [
    `curl -X POST '${url}'`,
    `-H 'X-Write-Key: local-write-key'`,
    `-H 'Content-Type: application/json'`,
    `-d '{\n${lines.join(',\n')}\n  }'`,
  ].join(' \\\n  ');
};
