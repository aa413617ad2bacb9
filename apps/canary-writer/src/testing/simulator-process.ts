// The simulator as a process of its own: `node simulator-process.ts <options as JSON>`. A busy test process would be late to notice what
// arrives, and then take requests that came apart for requests that came together.
import { startSimulator } from '@uns/canary-simulator';

const simulator = await startSimulator(JSON.parse(process.argv[2] ?? '{}'));
const { controlUrl, safBaseUrl, viewsBaseUrl, ca = '' } = simulator;
process.stdout.write(`${JSON.stringify({ controlUrl, safBaseUrl, viewsBaseUrl, ca })}\n`);
