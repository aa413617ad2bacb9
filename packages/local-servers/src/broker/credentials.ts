import type { AedesOptions } from 'aedes';

export interface Credentials {
  username: string;
  password: string;
}

/** Accepts these credentials and nothing else. */
export function onlyWith({ username, password }: Credentials): NonNullable<AedesOptions['authenticate']> {
  return (_client, givenUsername, givenPassword, done) =>
    done(null, givenUsername === username && givenPassword?.toString() === password);
}
