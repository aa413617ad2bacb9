import basicAuth from '@fastify/basic-auth';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { JobQueue } from '@uns/delivery';
import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface BoardOptions {
  basePath: string;
  user: string;
  password: string;
}

/** Bull Board for looking only: it has no authentication of its own, and buttons that throw away a whole queue. */
export class Board {
  readonly #o: BoardOptions;
  readonly #adapter = new FastifyAdapter();
  readonly #board: ReturnType<typeof createBullBoard>;

  constructor(o: BoardOptions) {
    this.#o = o;
    this.#adapter.setBasePath(o.basePath);
    this.#board = createBullBoard({
      queues: [],
      serverAdapter: this.#adapter,
      options: { uiConfig: { boardTitle: 'UNS metadata sync' } },
    });
  }

  async register(app: FastifyInstance): Promise<void> {
    const { basePath, user: wantedUser, password: wantedPassword } = this.#o;
    await app.register(async (scope) => {
      await scope.register(basicAuth, {
        authenticate: { realm: 'UNS metadata sync' },
        validate: async (user, password) => {
          if (!same(user, wantedUser) || !same(password, wantedPassword)) throw new Error('wrong user or password');
        },
      });
      scope.addHook('onRequest', scope.basicAuth);
      // Its read-only mode is of single queues: it still lets all of them be paused at once.
      scope.addHook('onRequest', async (request, reply) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') await reply.code(403).send('for looking only');
      });
      await scope.register(this.#adapter.registerPlugin(), { prefix: basePath });
    });
  }

  /** Until then the board is empty. */
  show(queues: readonly Pick<JobQueue<unknown>, 'bull'>[]): void {
    for (const { bull } of queues) {
      this.#board.addQueue(new BullMQAdapter(bull, { readOnlyMode: true, allowRetries: false }));
    }
  }
}

/** In a time that does not tell how much of it is right. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
