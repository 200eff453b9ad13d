/** A metric that AWS emits, as its page says. */
interface AwsMetric {
  readonly dimension: string;
  readonly unit: string;
}

const of = (dimension: string, unit: string, names: readonly string[]): Readonly<Record<string, AwsMetric>> =>
  Object.fromEntries(names.map((name) => [name, { dimension, unit }]));

/** Every metric of AWS that an alarm or the dashboard may name, with the page of AWS's documentation that says so. */
export const awsMetrics: Readonly<Record<string, Readonly<Record<string, AwsMetric>>>> = {
  // API Gateway developer guide, "Monitor CloudWatch metrics for HTTP APIs": http-api-metrics.html
  'AWS/ApiGateway': {
    ...of('ApiId', 'Count', ['4xx', '5xx', 'Count']),
    ...of('ApiId', 'Milliseconds', ['Latency']),
  },
  // Amazon Data Firehose developer guide, "Monitor with CloudWatch metrics": monitoring-with-cloudwatch-metrics.html
  'AWS/Firehose': {
    ...of('DeliveryStreamName', 'Count', ['IncomingRecords', 'ThrottledRecords', 'DataReadFromKinesisStream.Records']),
    ...of('DeliveryStreamName', 'Seconds', ['DeliveryToS3.DataFreshness']),
    ...of('DeliveryStreamName', 'Milliseconds', ['KinesisMillisBehindLatest']),
    ...of('DeliveryStreamName', 'Ratio', ['DeliveryToS3.Success', 'ExecuteProcessing.Success']),
  },
  // Lambda developer guide, "Types of metrics for Lambda functions": monitoring-metrics-types.html
  'AWS/Lambda': of('FunctionName', 'Count', ['Errors', 'Throttles']),
  // Amazon SQS developer guide, "Available CloudWatch metrics for Amazon SQS": sqs-available-cloudwatch-metrics.html
  'AWS/SQS': {
    ...of('QueueName', 'Count', ['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible']),
    ...of('QueueName', 'Seconds', ['ApproximateAgeOfOldestMessage']),
  },
  // Amazon Redshift management guide, "Monitoring Amazon Redshift Serverless", CloudWatch metrics
  'AWS/Redshift-Serverless': {
    ...of('Workgroup', 'RpuSeconds', ['ComputeSeconds']),
    ...of('Workgroup', 'Count', ['ComputeCapacity', 'DatabaseConnections']),
  },
};
