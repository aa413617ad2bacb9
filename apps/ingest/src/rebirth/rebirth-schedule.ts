import type { EdgeNode } from '@uns/metadata-store';
import type { RebirthReason } from './rebirth-reasons.ts';

export interface RebirthWish {
  node: EdgeNode;
  reason: RebirthReason;
  /** When to ask, on the monotonic clock, in ms. */
  dueMs: number;
  /** When the need arose: a request that anybody made later will do. */
  sinceMs: number;
}

const mostNodes = 20_000;

/** Which edge nodes are to be asked for a rebirth, and when: one wish for each. */
export class RebirthSchedule {
  readonly #wishes = new Map<string, RebirthWish>();

  get size(): number {
    return this.#wishes.size;
  }

  /**
   * Of two wishes for one node the earlier counts, for the needs of both.
   *
   * @returns false when there is no room for another node.
   */
  add(wish: RebirthWish): boolean {
    const key = JSON.stringify([wish.node.group, wish.node.edge]);
    const other = this.#wishes.get(key);
    if (other === undefined) {
      if (this.#wishes.size >= mostNodes) return false;
      this.#wishes.set(key, wish);
      return true;
    }
    this.#wishes.set(key, {
      node: wish.node,
      // This one alone is checked again when it is due.
      reason: other.reason === 'DEFINITIONS_LATE' ? wish.reason : other.reason,
      dueMs: Math.min(wish.dueMs, other.dueMs),
      sinceMs: Math.max(wish.sinceMs, other.sinceMs),
    });
    return true;
  }

  /** Null when nobody is to be asked. */
  get nextDueMs(): number | null {
    let next: number | null = null;
    for (const { dueMs } of this.#wishes.values()) if (next === null || dueMs < next) next = dueMs;
    return next;
  }

  /** Takes a wish that is due, the one due longest. */
  takeDue(nowMs: number): RebirthWish | null {
    let found: [string, RebirthWish] | null = null;
    for (const entry of this.#wishes) {
      if (entry[1].dueMs <= nowMs && (found === null || entry[1].dueMs < found[1].dueMs)) found = entry;
    }
    if (found === null) return null;
    this.#wishes.delete(found[0]);
    return found[1];
  }
}
