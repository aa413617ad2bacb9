import { parseArgs } from 'node:util';
import { ClientOptionsError } from '../client-options-error.ts';

export const usage = `Checks what the product assumes about Canary against a given one.

  --url <url>          root of both services, e.g. https://host:55293 (adds /api/v1 and /api/v2)
  --saf-url <url>      the write service, instead of --url
  --views-url <url>    the read service, instead of --url
  --token-env <name>   environment variable that holds the API token
  --dataset <name>     the only dataset written to; its name starts with Test (default: Test)
  --historian <host>   where the write service sends the data (default: localhost)
  --view <name>        the view that Views puts in front of every tag, if it does
  --ca <file>          PEM certificates that replace the system's roots
  --settle <seconds>   how long a write may take to show in Views (default: 30)
  --rate <n>           requests per second (default: 10)
  --allow-http         plain HTTP, for a simulator on this machine
  --json               the result as one JSON object on the last line

It writes to some ten tags below "<dataset>.uns-metadata-sync contract" and creates one new tag in each run. It creates
the dataset when there is none, and removes nothing: Canary has no call for that.
`;

export interface ContractOptions {
  readonly safBaseUrl: string;
  readonly viewsBaseUrl: string;
  readonly tokenEnv: string | null;
  readonly dataset: string;
  readonly historian: string;
  readonly view: string | null;
  readonly caFile: string | null;
  readonly settleMs: number;
  readonly requestsPerSecond: number;
  readonly allowHttp: boolean;
  readonly json: boolean;
}

/** @throws ClientOptionsError for arguments that make no sense. */
export function readContractOptions(args: readonly string[]): ContractOptions {
  const values = parse(args);
  const root = values.url?.replace(/\/+$/, '');
  const safBaseUrl = values['saf-url'] ?? (root === undefined ? undefined : `${root}/api/v1`);
  const viewsBaseUrl = values['views-url'] ?? (root === undefined ? undefined : `${root}/api/v2`);
  if (safBaseUrl === undefined || viewsBaseUrl === undefined) throw new ClientOptionsError('--url is missing');
  return {
    safBaseUrl,
    viewsBaseUrl,
    tokenEnv: values['token-env'] ?? null,
    dataset: values.dataset,
    historian: values.historian,
    view: values.view ?? null,
    caFile: values.ca ?? null,
    settleMs: positive('--settle', values.settle) * 1_000,
    requestsPerSecond: positive('--rate', values.rate),
    allowHttp: values['allow-http'],
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        'saf-url': { type: 'string' },
        'views-url': { type: 'string' },
        'token-env': { type: 'string' },
        dataset: { type: 'string', default: 'Test' },
        historian: { type: 'string', default: 'localhost' },
        view: { type: 'string' },
        ca: { type: 'string' },
        settle: { type: 'string', default: '30' },
        rate: { type: 'string', default: '10' },
        'allow-http': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new ClientOptionsError(error instanceof TypeError ? error.message : 'the arguments cannot be read');
  }
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 3_600)) throw new ClientOptionsError(`${name} must be a number above 0`);
  return number;
}
