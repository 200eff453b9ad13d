import { startStandIns } from './stand-ins.ts';
const s = await startStandIns({ port: 18788, invoke: async (_f, event) => {
  const e = JSON.parse(event); return { payload: JSON.stringify({ records: e.records.map((r: any) => ({ recordId: r.recordId, result: 'Ok', data: r.data })) }) }; } });
const q = (name: string) => ({ name, arn: `arn:aws:sqs:us-east-1:000000000000:${name}`, url: `http://localhost:18788/000000000000/${name}`, visibilityTimeoutSeconds: 30, messageRetentionSeconds: 345600 });
s.sqs.createQueue(q('dlq'));
s.sqs.createQueue({ ...q('landed'), redrive: { deadLetterQueueArn: q('dlq').arn, maxReceiveCount: 3 } });
s.s3.createBucket('lake', { notifications: [{ queueArn: q('landed').arn, events: ['s3:ObjectCreated:*'], prefix: 'landed/' }] });
s.firehose.createStream({ name: 'millrace-local', arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/millrace-local', bucket: 'lake', prefix: 'landed/!{timestamp:yyyy/MM/dd/HH}/', errorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/', compressionFormat: 'GZIP', fileExtension: '.json.gz', bufferingHints: { sizeInMBs: 5, intervalInSeconds: 1 }, processor: { lambdaArn: 'arn:aws:lambda:us-east-1:000000000000:function:t:$LATEST', bufferIntervalInSeconds: 1 } });
s.secrets.create({ name: 'keys', value: { text: '{"a":1}' } });
setInterval(() => { for (const f of (s.faults as any).splice(0)) console.log('FAULT', f); }, 200);
process.on("SIGINT",()=>process.exit(0));console.log('up', s.port);
import { monitorEventLoopDelay } from 'node:perf_hooks';
const h = monitorEventLoopDelay({ resolution: 5 }); h.enable(); let c = process.cpuUsage();
setInterval(() => { const d = process.cpuUsage(c); c = process.cpuUsage(); console.log('cpu', ((d.user + d.system) / 2e6).toFixed(2), 'rss', (process.memoryUsage().rss / 1e6) | 0, 'loop p99', (h.percentile(99) / 1e6).toFixed(0), 'max', (h.max / 1e6).toFixed(0), JSON.stringify(s.firehose.streams()[0]?.stats())); h.reset(); }, 2000);
