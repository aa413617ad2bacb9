import type { Historian } from '../historian/historian.ts';
import type { SessionSettings } from './session-settings.ts';

/** A client's open session with one or more historians. */
export class Session {
  /** 1 for the first session since the start; for people and logs, in which the token itself must not appear. */
  readonly ordinal: number;
  readonly clientId: string;
  readonly historians: readonly Historian[];
  settings: SessionSettings;
  lastUsed: number;
  readonly #written: ReadonlyMap<Historian, Set<number>>;

  constructor(o: {
    ordinal: number;
    clientId: string;
    historians: readonly Historian[];
    settings: SessionSettings;
    now: number;
  }) {
    this.ordinal = o.ordinal;
    this.clientId = o.clientId;
    this.historians = o.historians;
    this.settings = o.settings;
    this.lastUsed = o.now;
    this.#written = new Map(o.historians.map((historian) => [historian, new Set<number>()]));
  }

  /** When the session ends unless it is used before, epoch ms. */
  get expiresAt(): number {
    return this.lastUsed + this.settings.clientTimeout;
  }

  /** Remembers a tag that is open in this session, if a setting makes that matter. */
  wrote(historian: Historian, tag: number): void {
    if (this.settings.autoWriteNoData || this.settings.extendData) this.#written.get(historian)?.add(tag);
  }

  /** The historian carries the last values of the session's tags on to the present. */
  extendData(): void {
    if (!this.settings.extendData) return;
    for (const [historian, tags] of this.#written) historian.extendData(tags.size);
  }

  /** Releases the tags; their data ends with "No Data" unless the session asked for that not to happen. */
  end(): void {
    if (!this.settings.autoWriteNoData) return;
    for (const [historian, tags] of this.#written) historian.insertNoData(tags);
  }

  /** Forgets the tags written, whose numbers a reset has made meaningless. */
  forgetTags(): void {
    for (const tags of this.#written.values()) tags.clear();
  }
}
