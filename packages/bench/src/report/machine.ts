import { cpus, release, totalmem, type } from 'node:os';

/** The machine in one line, for figures that are worth nothing without it. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} x ${model}, ${memoryGb} GB, ${type()} ${release()} ${process.arch}, Node.js ${process.version}`;
}
