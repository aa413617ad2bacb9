import type { AppName } from './endpoints.ts';

export interface AppSettings {
  mqttUrl: string;
  appUrl: string;
  cdcUrl: string;
  redisUrl: string;
  canary: { safBaseUrl: string; viewsBaseUrl: string };
  debounceSeconds: number;
  rate: number;
  rulesFile: string | null;
  /** Wins over everything here. */
  environment: Partial<Record<AppName, Record<string, string>>>;
  board: { user: string; password: string };
}

/** The environment of one app process, as a Deployment would give it. */
export const appEnvironment = (app: AppName, index: number, s: AppSettings): Record<string, string> => ({
  ...settingsOf(app, index, s),
  ...s.environment[app],
});

function settingsOf(app: AppName, index: number, s: AppSettings): Record<string, string> {
  const common = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    SHUTDOWN_GRACE_MS: '10000',
  };
  switch (app) {
    case 'ingest': {
      const { username, password, bare } = splitCredentials(s.mqttUrl);
      return {
        ...common,
        UNS_ENV: 'stack',
        MQTT_URL: bare,
        MQTT_ALLOW_PLAINTEXT: String(bare.startsWith('mqtt:')),
        MQTT_CLIENT_ID: `uns-spb-dbirth-meta-stack-${process.pid}-${index}`,
        ...(username === '' ? {} : { MQTT_USERNAME: username }),
        ...(password === '' ? {} : { MQTT_PASSWORD: password }),
        POSTGRES_URL: s.appUrl,
        POSTGRES_TLS: 'off',
        ...(s.rulesFile === null ? {} : { UNS_RULES_FILE: s.rulesFile }),
      };
    }
    case 'cdc':
      return {
        ...common,
        POSTGRES_URL: s.cdcUrl,
        POSTGRES_TLS: 'off',
        REDIS_URL: s.redisUrl,
        CDC_DEBOUNCE_SECONDS: String(s.debounceSeconds),
        CDC_MAX_WAIT_SECONDS: String(Math.max(s.debounceSeconds * 5, s.debounceSeconds)),
        CDC_DEFER_BASE_SECONDS: '2',
        CDC_SWEEP_AFTER_SECONDS: '30',
        BOARD_USER: s.board.user,
        BOARD_PASSWORD: s.board.password,
      };
    case 'canary-writer':
      return {
        ...common,
        REDIS_URL: s.redisUrl,
        CANARY_SAF_BASE_URL: s.canary.safBaseUrl,
        CANARY_VIEWS_BASE_URL: s.canary.viewsBaseUrl,
        CANARY_ALLOW_HTTP: 'true',
        CANARY_HISTORIANS: 'localhost',
        CANARY_CLIENT_ID: `uns-stack-${index}`,
        CANARY_RPS_CAP: String(s.rate),
      };
  }
}

/** Apps take user and password apart from the URL. */
function splitCredentials(text: string): { bare: string; username: string; password: string } {
  const url = new URL(text);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return { bare: url.href, username, password };
}
