import { z } from 'zod';
import { historianKey } from '../canary/canary-state.ts';
import { errors, good } from '../canary/envelope.ts';
import { withBody, type Operation } from '../canary/operation.ts';
import { defaultSessionSettings, mergeSettings, sessionSettingsSchema } from './session-settings.ts';
import { withSession } from './with-session.ts';

const sessionToken = z.string();

const getSessionTokenBody = z.strictObject({
  apiToken: z.string().optional(),
  historians: z.array(z.string().min(1)).min(1).max(16),
  clientId: z.string().min(1),
  settings: sessionSettingsSchema.optional(),
});

export const getSessionToken: Operation = withBody(getSessionTokenBody, (canary, call, body) => {
  const refused = canary.tokens.problem({ inBody: body.apiToken, bearer: call.bearer, secure: call.secure });
  if (refused !== undefined) return errors(refused);
  const found = body.historians.map((name) => ({ name, historian: canary.historians.get(historianKey(name)) }));
  const unknown = found.filter(({ historian }) => historian === undefined);
  if (unknown.length > 0) return errors(...unknown.map(({ name }) => `historian "${name}" is not known`));
  const historians = [...new Set(found.flatMap(({ historian }) => historian ?? []))];
  const settings = mergeSettings(defaultSessionSettings, body.settings ?? {});
  canary.sessions.expire(call.now);
  const token = canary.sessions.open({ clientId: body.clientId, historians, settings }, call.now);
  return token === undefined ? errors('too many sessions are open') : good({ sessionToken: token });
});

const keepAliveBody = z.strictObject({ sessionToken });

export const keepAlive: Operation = withSession((canary, call, session) =>
  withBody(keepAliveBody, () => {
    session.extendData();
    return good();
  })(canary, call),
);

export const revokeSessionToken: Operation = withSession((canary, call, session) =>
  withBody(keepAliveBody, (_canary, _call, body) => {
    session.extendData();
    canary.sessions.revoke(body.sessionToken);
    return good();
  })(canary, call),
);

const updateSettingsBody = z.strictObject({ sessionToken, settings: sessionSettingsSchema });

export const updateSettings: Operation = withSession((canary, call, session) =>
  withBody(updateSettingsBody, (_canary, _call, body) => {
    canary.sessions.updateSettings(session, mergeSettings(session.settings, body.settings));
    return good();
  })(canary, call),
);
