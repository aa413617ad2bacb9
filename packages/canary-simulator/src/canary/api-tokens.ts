import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The API tokens in force. None: anyone may read and write, as on Canary's anonymous endpoints. */
export class ApiTokens {
  #digests: Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digest);
  }

  replace(tokens: readonly string[]): void {
    this.#digests = tokens.map(digest);
  }

  /** Why the caller is refused; `undefined` when it is not. A token in the body goes before a bearer token. */
  problem(o: { inBody: string | undefined; bearer: string | undefined; secure: boolean }): string | undefined {
    const token = o.inBody ?? o.bearer;
    if (token !== undefined && !o.secure) return 'an API token is accepted over HTTPS only';
    if (this.#digests.length === 0) return undefined;
    if (token === undefined) return 'an API token is required';
    const offered = digest(token);
    return this.#digests.some((known) => timingSafeEqual(known, offered)) ? undefined : 'the API token is not valid';
  }
}
