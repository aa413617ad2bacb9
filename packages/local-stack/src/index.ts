export type { AppName, Endpoints } from './stack/endpoints.ts';
export { LocalStack } from './stack/local-stack.ts';
export type { StackLog } from './stack/stack-log.ts';
export type { StackOptions } from './stack/stack-options.ts';
export { untilStopped } from './stack/until-stopped.ts';
export { readParity } from './demo/parity/read-parity.ts';
