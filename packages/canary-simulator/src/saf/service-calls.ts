import { z } from 'zod';
import { historianKey } from '../canary/canary-state.ts';
import { errors, good } from '../canary/envelope.ts';
import { withBody, type Operation } from '../canary/operation.ts';

export const version: Operation = withBody(z.strictObject({}), () => good({ version: '25.3.0.0' }));

const getDatasetsBody = z.strictObject({ historian: z.string().min(1), apiToken: z.string().optional() });

export const getDatasets: Operation = withBody(getDatasetsBody, (canary, call, body) => {
  const refused = canary.tokens.problem({ inBody: body.apiToken, bearer: call.bearer, secure: call.secure });
  if (refused !== undefined) return errors(refused);
  const historian = canary.historians.get(historianKey(body.historian));
  if (historian === undefined) return errors(`historian "${body.historian}" is not known`);
  return good({ datasets: historian.tags.datasets().map((dataset) => dataset.name) });
});
