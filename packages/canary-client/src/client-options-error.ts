/** The client cannot be built from these options. Starting again without changing the configuration is of no use. */
export class ClientOptionsError extends Error {
  override readonly name = 'ClientOptionsError';
}
