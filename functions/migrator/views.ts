import drop from '#warehouse/migrations/drop-views.sql';
import completeTo from '#warehouse/views/complete_to.sql';
import completeness from '#warehouse/views/report_completeness.sql';
import conservation from '#warehouse/views/report_conservation.sql';
import eventsPerMinute from '#warehouse/views/report_events_per_minute.sql';
import freshness from '#warehouse/views/report_freshness.sql';
import gaps from '#warehouse/views/report_gaps.sql';
import quality from '#warehouse/views/report_quality.sql';
import revenueBySource from '#warehouse/views/report_revenue_by_source.sql';

export interface View {
  readonly name: string;
  readonly sql: string;
}

/** warehouse/views, each after those that it reads. */
export const views: readonly View[] = [
  { name: 'millrace.complete_to', sql: completeTo },
  { name: 'millrace.report_revenue_by_source', sql: revenueBySource },
  { name: 'millrace.report_events_per_minute', sql: eventsPerMinute },
  { name: 'millrace.report_quality', sql: quality },
  { name: 'millrace.report_freshness', sql: freshness },
  { name: 'millrace.report_gaps', sql: gaps },
  { name: 'millrace.report_completeness', sql: completeness },
  { name: 'millrace.report_conservation', sql: conservation },
];

export const dropViews = drop.replace('{{views}}', views.map(({ name }) => name).join(', '));
