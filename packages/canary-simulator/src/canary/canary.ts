import { Historian } from '../historian/historian.ts';
import { PoisonRules } from '../saf/poison-rules.ts';
import { isJsonObject } from '../saf/store-data-body.ts';
import { Sessions } from '../saf/sessions.ts';
import { ApiTokens } from './api-tokens.ts';
import { factsOf, noFacts, type CallFacts } from './call-facts.ts';
import { historianKey, type Call, type CanaryState } from './canary-state.ts';
import { errors, type Envelope, type StatusCode } from './envelope.ts';
import { operations } from './operations.ts';

export interface CanaryOptions {
  readonly historians: readonly [string, ...string[]];
  readonly view: string | null;
  readonly tagsPerDataset: number;
  readonly apiTokens: readonly string[];
  readonly storeRestOnErrors: boolean;
}

export interface ApiRequest extends Omit<Call, 'body'> {
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Only say what the body holds; nothing is checked, stored or kept alive. */
  readonly inspectOnly: boolean;
}

export interface ApiAnswer {
  readonly statusCode: StatusCode;
  /** The envelope as JSON. */
  readonly text: string;
  readonly facts: CallFacts;
}

/** The two services over their historians. No clock, no network: time and bytes come with each call. */
export class Canary {
  readonly state: CanaryState;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });

  constructor(o: CanaryOptions) {
    const { tagsPerDataset } = o;
    const [first, ...others] = o.historians.map((name) => new Historian({ name: historianKey(name), tagsPerDataset }));
    if (first === undefined) throw new RangeError('a simulator needs a historian');
    this.state = {
      historians: new Map([first, ...others].map((historian) => [historian.name, historian])),
      primary: first,
      view: o.view,
      sessions: new Sessions(),
      tokens: new ApiTokens(o.apiTokens),
      poison: new PoisonRules(),
      storeRestOnErrors: o.storeRestOnErrors,
      generation: 0,
    };
  }

  /** Answers a call of either service; what cannot be read is answered with `Errors`, as Canary does. */
  call(request: ApiRequest): ApiAnswer {
    const body = this.#parse(request.body);
    if (!isJsonObject(body)) return answer(errors('the body must be a JSON object'), noFacts);
    const facts = factsOf(body, this.state.sessions);
    if (request.inspectOnly) return answer(errors(), facts);
    const operation = operations.get(request.path);
    if (operation === undefined) return answer(errors(`there is no call ${request.path}`), facts);
    return answer(operation(this.state, { ...request, body }), facts);
  }

  #parse(body: Uint8Array): unknown {
    if (body.byteLength === 0) return {};
    try {
      return JSON.parse(this.#decoder.decode(body));
    } catch {
      return undefined;
    }
  }
}

const answer = (envelope: Envelope, facts: CallFacts): ApiAnswer => ({
  statusCode: envelope.statusCode,
  text: JSON.stringify(envelope),
  facts,
});
