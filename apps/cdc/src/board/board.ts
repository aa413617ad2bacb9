import basicAuth from '@fastify/basic-auth';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { JobQueue } from '@uns/delivery';
import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface BoardOptions {
  queues: readonly Pick<JobQueue<unknown>, 'bull'>[];
  basePath: string;
  user: string;
  password: string;
}

/** Serves Bull Board for looking only: it has no authentication of its own, and buttons that throw away a whole queue. */
export async function registerBoard(app: FastifyInstance, o: BoardOptions): Promise<void> {
  const board = new FastifyAdapter();
  board.setBasePath(o.basePath);
  createBullBoard({
    queues: o.queues.map((queue) => new BullMQAdapter(queue.bull, { readOnlyMode: true, allowRetries: false })),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'UNS metadata sync' } },
  });
  await app.register(async (scope) => {
    await scope.register(basicAuth, {
      authenticate: { realm: 'UNS metadata sync' },
      validate: async (user, password) => {
        if (!same(user, o.user) || !same(password, o.password)) throw new Error('wrong user or password');
      },
    });
    scope.addHook('onRequest', scope.basicAuth);
    await scope.register(board.registerPlugin(), { prefix: o.basePath });
  });
}

/** In a time that does not tell how much of it is right. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
