import type { Call, CanaryState } from '../canary/canary-state.ts';
import type { Envelope } from '../canary/envelope.ts';
import type { Operation } from '../canary/operation.ts';
import type { Session } from './session.ts';

const badSessionToken: Envelope = {
  statusCode: 'BadSessionToken',
  errors: ['the session token is missing, unknown or expired'],
};

/** An operation of a session: whoever has none is told so before anything else is looked at. */
export const withSession =
  (run: (canary: CanaryState, call: Call, session: Session) => Envelope): Operation =>
  (canary, call) => {
    const token = call.body['sessionToken'];
    if (typeof token !== 'string') return badSessionToken;
    if (call.badSession === 'end') canary.sessions.drop(token);
    const session = canary.sessions.use(token, call.now);
    return session === undefined || call.badSession !== undefined ? badSessionToken : run(canary, call, session);
  };
