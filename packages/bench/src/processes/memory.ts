import { readFile, writeFile } from 'node:fs/promises';

const mebi = 2 ** 20;

/**
 * The largest resident memory of a process since its start or since `forgetPeak`, in MiB. From Linux alone: `resourceUsage().maxRSS` of a
 * child begins with that of the process that started it, on Linux too.
 *
 * @throws when there is no such process, or no /proc.
 */
export async function peakRssMb(pid: number): Promise<number> {
  return (await field(pid, 'VmHWM')) / mebi;
}

/** Resident memory now, in MiB. */
export async function rssMb(pid: number): Promise<number> {
  return (await field(pid, 'VmRSS')) / mebi;
}

/** Lets the peak of a process begin with its present memory. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

async function field(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibi = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kibi === undefined) throw new Error(`/proc/${pid}/status does not tell ${name}`);
  return Number(kibi) * 1024;
}
