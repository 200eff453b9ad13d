// In place of local/main.ts: says what it was given, then ends as its --data folder says.
const args = process.argv.slice(2);
console.log(`args ${JSON.stringify(args)}`);
const [, ending = ''] = args.find((arg) => arg.startsWith('--data='))?.split('=') ?? [];
if (ending !== 'run') process.exit(Number(ending));
const timer = setInterval(() => undefined, 1000);
for (const [signal, code] of [
  ['SIGINT', 0],
  ['SIGTERM', 7],
] as const) {
  process.on(signal, () => {
    console.log(`drained after ${signal}`);
    setTimeout(() => {
      clearInterval(timer);
      process.exitCode = code;
    }, 200);
  });
}
console.log('millrace is ready');
