/** Where a Redis came from. */
export type RedisOrigin = 'REDIS_URL' | 'path' | 'docker' | 'apt' | 'redis-memory-server';

/** A Redis to work with. One named by `REDIS_URL` belongs to somebody else: `kill` and `restart` refuse on it. */
export interface LocalRedis extends AsyncDisposable {
  readonly url: string;
  readonly how: RedisOrigin;
  /** Null when the server is not a process of ours on this machine. Changes with every restart. */
  readonly pid: number | null;
  stop(): Promise<void>;
  /** Ends the server as a crash would. What survives is what the append-only file holds. */
  kill(): Promise<void>;
  /** Starts the server again on the same port, stopping it first if it runs; with what it held, or empty. */
  restart(options: { keepData: boolean }): Promise<void>;
}

export interface RedisOptions {
  dataDir: string;
  /** Absent: a free one, kept over restarts. */
  port?: number;
  /** Write every command to disk, as the manifests do. Default false. */
  appendOnly?: boolean;
  /** Number of logical databases. Default 16. */
  databases?: number;
  /** Use what an earlier run left in `dataDir`, and leave it there when stopped. Default false. In Docker never. */
  keepData?: boolean;
  /** The server's log, line by line. */
  onLog?: (line: string) => void;
}

/** Told, in a sentence, about a step that takes more than a second. */
export type OnProgress = (message: string) => void;
