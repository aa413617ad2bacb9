import type { Setting, Settings } from './setting.ts';

const defaultOf = (setting: Setting<unknown>): string => setting.default?.text ?? 'required';

/** The settings as plain text for `--help`. */
export function configHelp(service: string, summary: string, settings: Settings): string {
  const lines = Object.values(settings).flatMap((setting) => [
    `  ${setting.env}${setting.sensitive ? ` (or ${setting.env}_FILE)` : ''}`,
    `      ${setting.doc}`,
    `      Must be ${setting.accepts}. Default: ${defaultOf(setting)}.`,
  ]);
  return [`${service}: ${summary}`, '', 'Configuration, from the environment or .env:', '', ...lines, ''].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The settings as a Markdown table for the reference in docs. */
export function configMarkdown(service: string, summary: string, settings: Settings): string {
  const rows = Object.values(settings).map((setting) => {
    const name = setting.sensitive ? `\`${setting.env}\`<br>or \`${setting.env}_FILE\`` : `\`${setting.env}\``;
    const fallback = setting.default === undefined ? '**required**' : `\`${setting.default.text}\``;
    return `| ${name} | ${cell(setting.doc)} | ${cell(setting.accepts)} | ${cell(fallback)} |`;
  });
  return [
    `## ${service}`,
    '',
    summary,
    '',
    '| Variable | Meaning | Accepts | Default |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
