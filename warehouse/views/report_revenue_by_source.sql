-- Grain: minute (UTC of event_time) x source x currency. Counts order_completed less order_refunded, each order_id once and
-- each refund event once. source is the order's last non-direct touch (campaign, else referrer) of the same visitor within
-- 30 days, else direct. unpriced counts orders and refunds whose total is no number: they are worth 0 here. Refunds stand under the source of their own last touch. Late events change past minutes.
CREATE OR REPLACE VIEW millrace.report_revenue_by_source AS
WITH touches AS (
  SELECT
    event_name,
    event_time,
    event_id,
    CAST(properties.order_id AS VARCHAR(256)) AS order_id,
    CAST(properties.currency AS VARCHAR(8)) AS currency,
    CAST(properties.total AS DECIMAL(18, 4)) AS total,
    LAST_VALUE(COALESCE(campaign_source, referrer_source)) IGNORE NULLS OVER (
      PARTITION BY COALESCE(anonymous_id, user_id, event_id)
      ORDER BY event_time, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS touched_source,
    LAST_VALUE(CASE WHEN COALESCE(campaign_source, referrer_source) IS NOT NULL THEN event_time END) IGNORE NULLS OVER (
      PARTITION BY COALESCE(anonymous_id, user_id, event_id)
      ORDER BY event_time, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS touched_at
  FROM millrace.events
  WHERE campaign_source IS NOT NULL
    OR referrer_source IS NOT NULL
    OR event_name IN ('order_completed', 'order_refunded')
),
money AS (
  SELECT
    event_name,
    event_time,
    currency,
    total,
    CASE WHEN touched_at >= DATEADD(day, -30, event_time) THEN touched_source ELSE 'direct' END AS source,
    ROW_NUMBER() OVER (
      PARTITION BY event_name, CASE WHEN event_name = 'order_completed' THEN COALESCE(order_id, event_id) ELSE event_id END
      ORDER BY event_time, event_id
    ) AS occurrence
  FROM touches
  WHERE event_name IN ('order_completed', 'order_refunded')
)
SELECT
  DATE_TRUNC('minute', event_time) AS minute,
  source,
  COALESCE(currency, 'unknown') AS currency,
  COUNT(CASE WHEN event_name = 'order_completed' THEN 1 END) AS orders,
  COUNT(CASE WHEN event_name = 'order_refunded' THEN 1 END) AS refunds,
  CAST(SUM(CASE WHEN event_name = 'order_completed' THEN COALESCE(total, 0) ELSE 0 END) AS DECIMAL(38, 4)) AS gross,
  CAST(SUM(CASE WHEN event_name = 'order_refunded' THEN COALESCE(total, 0) ELSE 0 END) AS DECIMAL(38, 4)) AS refunded,
  CAST(SUM(CASE WHEN event_name = 'order_refunded' THEN -COALESCE(total, 0) ELSE COALESCE(total, 0) END) AS DECIMAL(38, 4)) AS net,
  COUNT(CASE WHEN total IS NULL THEN 1 END) AS unpriced
FROM money
WHERE occurrence = 1
GROUP BY 1, 2, 3
WITH NO SCHEMA BINDING
