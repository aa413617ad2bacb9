// One pod that always has requests waiting: `node saturating-pod.ts <redis url> <key> <cap> <receiver port> <concurrency> <prepare ms>`.
// SIGTERM ends it; it then prints its metrics.
import { connect } from 'node:net';
import { Registry, silentLogger, sleep } from '@uns/service';
import { connectRedis, PacedLimiter } from '../index.ts';
import { requestBytes } from './send-recorder.ts';

const [redisUrl = '', key = '', cap = '', port = '', concurrency = '', prepareMs = ''] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const redis = await connectRedis(redisUrl, () => undefined);
const registry = new Registry();
const limiter = new PacedLimiter({ redis, key, pacing: { capRps: Number(cap) }, registry, logger: silentLogger });

const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
const answers: (() => void)[] = [];
socket.on('data', (bytes) => {
  for (const answered of answers.splice(0, bytes.length)) answered();
});

async function work(): Promise<void> {
  for (;;) {
    const admission = await limiter.admit(stop.signal);
    const request = Buffer.alloc(requestBytes);
    const answer = Promise.withResolvers<void>();
    await sleep(Number(prepareMs));
    // The recorder reads the instant in the request: it is stamped right before it leaves.
    if (admission.leave()) {
      request.writeBigInt64LE(process.hrtime.bigint());
      answers.push(answer.resolve);
      socket.write(request);
      await answer.promise;
      admission.answered();
    }
    admission.ended();
  }
}

await Promise.allSettled(Array.from({ length: Number(concurrency) }, work));
await limiter.close();
redis.disconnect();
socket.destroy();
process.stdout.write(await registry.metrics());
