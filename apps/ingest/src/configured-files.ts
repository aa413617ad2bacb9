import { readFileSync } from 'node:fs';
import { ConfigurationError, errorCode } from '@uns/service';
import { createPathMapper, defaultPathRules, PathRulesError, readPathRules, type PathMapper } from '@uns/uns';
import type { IngestConfig } from './config.ts';

export interface ConfiguredFiles {
  mapper: PathMapper;
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
}

/** Reads the files that the configuration names. Throws ConfigurationError with all that is wrong with them. */
export function readConfiguredFiles(config: IngestConfig): ConfiguredFiles {
  const problems: string[] = [];
  const read = <T>(variable: string, f: () => T): T | undefined => {
    try {
      return f();
    } catch (error) {
      const code = errorCode(error);
      if (error instanceof PathRulesError) problems.push(`${variable}: ${error.message}`);
      else if (code !== undefined) problems.push(`${variable} names a file that cannot be read (${code})`);
      else throw error;
      return undefined;
    }
  };
  const pem = (variable: string, file: string | undefined): Buffer | undefined =>
    file === undefined ? undefined : read(variable, () => readFileSync(file));
  const { rulesFile } = config;
  const rules = rulesFile === undefined ? defaultPathRules : read('UNS_RULES_FILE', () => readPathRules(rulesFile));
  const ca = pem('MQTT_CA_FILE', config.mqttCaFile);
  const cert = pem('MQTT_CERT_FILE', config.mqttCertFile);
  const key = pem('MQTT_KEY_FILE', config.mqttKeyFile);
  if (problems.length > 0 || rules === undefined) throw new ConfigurationError('ingest', problems);
  return {
    mapper: createPathMapper(rules),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  };
}
