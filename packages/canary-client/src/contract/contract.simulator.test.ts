import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SimulatorControl, startSimulator, type RunningSimulator } from '@uns/canary-simulator';
import { ClientOptionsError } from '../client-options-error.ts';
import { checkAssumptions, type Finding } from './assumption.ts';
import { readContractOptions } from './contract-options.ts';
import { ContractProbe } from './contract-probe.ts';
import { findingLine, summary } from './report.ts';
import { viewsAssumptions } from './views-assumptions.ts';
import { writeAssumptions } from './write-assumptions.ts';

const API_TOKEN = 'token-of-this-test';
const assumptions = [...writeAssumptions, ...viewsAssumptions];
let simulator: RunningSimulator;

beforeAll(async () => {
  simulator = await startSimulator({ apiTokens: [API_TOKEN], view: 'Production' });
});

afterAll(async () => {
  await simulator.close();
});

async function findings(list = assumptions): Promise<Finding[]> {
  const options = readContractOptions([
    '--url',
    simulator.url,
    '--view',
    'Production',
    '--rate',
    '500',
    '--settle',
    '1',
  ]);
  const probe = new ContractProbe(options, { apiToken: API_TOKEN, ca: simulator.ca });
  try {
    const found: Finding[] = [];
    for await (const finding of checkAssumptions(list, probe, new AbortController().signal)) found.push(finding);
    return found;
  } finally {
    probe.close();
  }
}

describe('CT-02 the assumptions about Canary', () => {
  it('hold for the simulator, which is left without points and sessions', async () => {
    const found = await findings();
    expect(found.filter(({ verdict }) => verdict !== 'held')).toEqual([]);
    expect(found).toHaveLength(assumptions.length);
    expect(summary(found)).toContain(`${assumptions.length} held, 0 broken, 0 undecided`);
    const stats = await new SimulatorControl(simulator.controlUrl).stats();
    expect(stats).toMatchObject({ tvqs: 0, noDataPoints: 0, extendedPoints: 0, sessions: { open: 0 } });
    expect(Object.keys(stats.historians['localhost']?.datasets ?? {})).toEqual(['Test']);
  });

  it('that do not hold are reported, and the others are checked all the same', async () => {
    const control = new SimulatorControl(simulator.controlUrl);
    await control.setFaults([
      { kind: 'statusCode', statusCode: 'Good', paths: ['/api/v1/keepAlive'] },
      { kind: 'serverError', paths: ['/api/v1/version'] },
    ]);
    const found = await findings(writeAssumptions.slice(0, 4));
    await control.clearFaults();
    expect(found.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'W-01 undecided',
      'W-02 held',
      'W-03 held',
      'W-04 broken',
    ]);
    expect(found.map(findingLine)[3]).toMatch(
      /^broken {5}W-04 {2}a session token nobody gave out is BadSessionToken\n +Canary answered Good$/,
    );
  });
});

describe('the arguments of the contract suite', () => {
  it.each([[[]], [['--url', 'https://canary', '--rate', '0']], [['--url', 'https://canary', '--nonsense']]])(
    'refuses %p',
    (args) => {
      expect(() => readContractOptions(args)).toThrow(ClientOptionsError);
    },
  );

  it('writes to Test datasets only', () => {
    const options = readContractOptions(['--url', 'https://canary', '--dataset', 'Secil']);
    expect(() => new ContractProbe(options, { apiToken: undefined, ca: undefined })).toThrow(ClientOptionsError);
  });
});
