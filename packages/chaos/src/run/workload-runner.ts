import { declareRenames } from '@uns/metadata-store';
import { errorCode, sleep } from '@uns/service';
import type { Sql } from 'postgres';
import type { CommittedChange } from '../oracles/versions.ts';
import { archiveDevice, canaryTag, edgeOf, group } from '../plant/layout.ts';
import type { Plant } from '../plant/plant.ts';
import type { WorkloadStep } from '../schedule/step.ts';
import type { Edges } from './edges.ts';
import type { Journal } from './journal.ts';
import { runSqlEdits } from './sql-edits.ts';

export interface WorkloadOptions {
  sql: Sql;
  edges: Edges;
  /** The plant as it is now; what is done to the devices is done to it. */
  plant: Plant;
  journal: Journal;
  signal: AbortSignal;
}

/** SQLSTATEs of a rename that is declared already, and of a metric that the store does not have yet. */
const alreadyDeclared = '23505';
const unknownName = 'P0002';

/** How long a step may find the store away, in ms. */
const patienceMs = 60_000;

/** Does the work of the schedule, each device's steps in their order, and does again what a fault has interrupted. */
export class WorkloadRunner {
  readonly #o: WorkloadOptions;
  readonly #queues = new Map<string, Promise<void>>();
  readonly committed: CommittedChange[] = [];
  readonly done: Record<WorkloadStep['kind'], number> = { birth: 0, sql: 0, rename: 0 };
  #failure: unknown = null;
  interrupted = 0;

  constructor(o: WorkloadOptions) {
    this.#o = o;
  }

  /** Returns at once. */
  begin(step: WorkloadStep): void {
    const before = this.#queues.get(step.device) ?? Promise.resolve();
    this.#queues.set(
      step.device,
      before
        .then(() => this.#do(step))
        .catch((error: unknown) => {
          this.#failure ??= error;
        }),
    );
  }

  /** Resolves when everything that was begun is done. Rejects when something could not be done at all. */
  async finish(): Promise<void> {
    await Promise.all(this.#queues.values());
    if (this.#failure !== null) throw this.#failure;
  }

  async #do(step: WorkloadStep): Promise<void> {
    this.#o.signal.throwIfAborted();
    switch (step.kind) {
      case 'birth':
        await this.#birth(step);
        break;
      case 'sql':
        await this.#sqlEdits(step);
        break;
      case 'rename':
        await this.#rename(step);
        break;
    }
    this.done[step.kind] += 1;
  }

  async #birth({ device, edits }: WorkloadStep & { kind: 'birth' }): Promise<void> {
    const { plant, edges, journal } = this.#o;
    for (const edit of edits) plant.apply(device, edit);
    journal.note(`birth of ${device}: ${edits.map(describeEdit).join(', ')}`, {
      tags: edits.map((edit) => canaryTag(device, edit.tag)),
    });
    // QoS 0, and waited for only as long as the broker is there: it may be lost, as in a plant.
    await edges.publish(device);
  }

  async #sqlEdits({ device, edits, shape }: WorkloadStep & { kind: 'sql' }): Promise<void> {
    const { sql, plant, journal } = this.#o;
    const tags = edits.map((edit) => canaryTag(device, edit.tag));
    journal.note(`SQL (${shape}) on ${device}: ${edits.map(describeEdit).join(', ')}`, { tags });
    await this.#again(() => runSqlEdits(sql, device, edits, shape));
    if (shape === 'rolled back' || device !== archiveDevice) return;
    journal.note(`SQL on ${device} committed`, { tags });
    for (const edit of edits) {
      const had = plant.tagsOf(device).get(edit.tag);
      if (edit.edit === 'set' && had?.get(edit.key) !== edit.value)
        this.committed.push({ tag: canaryTag(device, edit.tag), property: edit.key, value: edit.value });
      plant.apply(device, edit);
    }
  }

  async #rename({ device, pairs }: WorkloadStep & { kind: 'rename' }): Promise<void> {
    const { sql, plant, edges, journal } = this.#o;
    const identity = { group, edge: edgeOf(device), device };
    const tags = pairs.flatMap(({ from, to }) => [canaryTag(device, from), canaryTag(device, to)]);
    journal.note(`rename declared on ${device}: ${pairs.map(({ from, to }) => `${from} to ${to}`).join(', ')}`, {
      tags,
    });
    await this.#again(async () => {
      try {
        await declareRenames(
          sql,
          identity,
          pairs.map(({ from, to }) => ({ oldName: from, newName: to })),
        );
      } catch (error) {
        if (errorCode(error) === alreadyDeclared) return;
        // The birth that brought the name was lost.
        if (errorCode(error) === unknownName) await edges.publish(device);
        throw error;
      }
    });
    plant.rename(device, pairs);
    journal.note(`birth of ${device} with the new names`, { tags });
    await edges.publish(device);
  }

  async #again(attempt: () => Promise<void>): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        this.interrupted += 1;
        if (performance.now() > deadline) throw error;
      }
      await sleep(250, this.#o.signal);
    }
  }
}

function describeEdit(edit: (WorkloadStep & { kind: 'birth' })['edits'][number]): string {
  switch (edit.edit) {
    case 'set':
      return `${edit.tag} ${edit.key}=${JSON.stringify(edit.value)}`;
    case 'unset':
      return `${edit.tag} without ${edit.key}`;
    case 'add':
      return `new ${edit.tag}`;
    case 'drop':
      return `${edit.tag} dropped`;
  }
}
