/** One environment variable: what it means, what it accepts, what it is without being set. */
export interface Setting<T> {
  readonly env: string;
  readonly doc: string;
  /** What the variable accepts, as a phrase that ends "it must be ...". */
  readonly accepts: string;
  /** `undefined` only for an optional setting; absent when the variable is required. */
  readonly default?: { readonly value: T; readonly text: string };
  /** Never shown; may come from a mounted file named by `<env>_FILE`. */
  readonly sensitive: boolean;
  /** @throws Error with a phrase that says what is wrong with the text. */
  parse(text: string): T;
  /** Parts of the parsed value that must never reach a log. */
  secrets?(value: T): string[];
}

export type Settings = Record<string, Setting<unknown>>;

export type ConfigOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };
