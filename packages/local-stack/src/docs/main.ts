import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { receiptSchema, writeJobSchema } from '@uns/uns';
import { z } from 'zod';
import { appNames } from '../stack/endpoints.ts';

const help = `pnpm write-docs [--check]: writes the documentation that is made from the code.
With --check it writes nothing, and exits 1 when a file is not what it would write.
`;
const root = new URL('../../../../', import.meta.url);
const run = promisify(execFile);

/** What an app says of its configuration. Apps are asked as processes: packages do not import them. */
async function configuration(): Promise<string> {
  const tables = await Promise.all(
    appNames.map(
      async (app) =>
        (await run(process.execPath, [fileURLToPath(new URL(`apps/${app}/src/main.ts`, root)), '--help=markdown']))
          .stdout,
    ),
  );
  return [
    '# Configuration',
    '',
    '<!-- Made by `pnpm write-docs` from the settings in the code. -->',
    '',
    'Each app reads its environment, and `.env` in its working folder for what the environment does not set. All problems are reported at once, and the app exits with status 78. Sensitive values may come from mounted files: `<NAME>_FILE` holds the path.',
    '',
    ...tables,
  ].join('\n');
}

const schema = (of: z.ZodType, title: string): string =>
  `${JSON.stringify({ title, ...z.toJSONSchema(of) }, null, 2)}\n`;

const files: Record<string, () => Promise<string> | string> = {
  'docs/configuration.md': configuration,
  'docs/contracts/write-job.v1.schema.json': () => schema(writeJobSchema, 'Write job, cdc to canary-writer'),
  'docs/contracts/receipt.v1.schema.json': () => schema(receiptSchema, 'Receipt, canary-writer to cdc'),
};

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const check = process.argv.includes('--check');
  let stale = 0;
  for (const [name, make] of Object.entries(files)) {
    const file = fileURLToPath(new URL(name, root));
    const wanted = await make();
    const present = await readFile(file, 'utf8').catch(() => null);
    if (present === wanted) continue;
    if (check) {
      process.stderr.write(`${name} is not what the code says; run: pnpm write-docs\n`);
      stale += 1;
    } else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, wanted);
      process.stdout.write(`${name} written\n`);
    }
  }
  return stale === 0 ? 0 : 1;
}

process.exitCode = await main();
