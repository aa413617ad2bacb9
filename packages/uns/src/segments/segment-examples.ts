export interface SegmentExample {
  /** JavaScript string escapes stand for what cannot be seen. */
  readonly name: string;
  readonly path: string;
  readonly why: string;
}

/** The segment policy by example: the table of docs/naming.md and its test. */
export const segmentExamples: readonly SegmentExample[] = [
  {
    name: 'Maceira/400 - Clinker Production/431 - Kiln/KPI/SHC_CALC',
    path: 'Maceira/400 - Clinker Production/431 - Kiln/KPI/SHC_CALC',
    why: 'clean already; `/` separates segments',
  },
  { name: 'São Mamede/Válvula', path: 'São Mamede/Válvula', why: 'letters of any script are kept' },
  { name: 'Va\u0301lvula', path: 'Válvula', why: 'NFC: a letter and its accent become one character' },
  { name: '水泥/窑', path: '水泥/窑', why: 'letters of any script are kept' },
  { name: 'हिन्दी', path: 'हिन्दी', why: 'combining marks are kept' },
  { name: 'Area m²', path: 'Area m²', why: 'superscript digits are digits' },
  { name: 'O2 %', path: 'O2 _', why: 'anything else becomes `_`' },
  { name: 'Flow [m³/h]', path: 'Flow _m³/h_', why: '`/` always separates, also in a unit' },
  { name: 'Temp (°C) in', path: 'Temp _C_ in', why: 'a run of replaced characters becomes one `_`' },
  { name: 'a__b', path: 'a__b', why: 'underscores of the name itself are kept' },
  { name: 'alias:17', path: 'alias_17', why: 'how a metric known by its alias only appears' },
  { name: '  Kiln   speed ', path: 'Kiln speed', why: 'runs of spaces become one, ends are trimmed' },
  { name: 'Kiln\u00a0speed', path: 'Kiln speed', why: 'every kind of space is a space' },
  { name: 'Kiln\tspeed', path: 'Kiln_speed', why: 'control characters are replaced' },
  { name: 'Motor.Speed', path: 'Motor.Speed', why: 'a dot is kept, and opens a browse level in Canary' },
  { name: 'Kiln  .  No.  5', path: 'Kiln . No. 5', why: 'a dot may have a space on either side' },
  { name: '.Motor. .Speed.', path: 'Motor.Speed', why: 'no empty browse level: dots collapse, ends are trimmed' },
  { name: '/Kiln//Speed/', path: 'Kiln/Speed', why: 'empty segments are dropped' },
  { name: 'Kiln/../Speed', path: 'Kiln/Speed', why: 'a segment of dots is empty: paths cannot climb' },
  { name: '???/Speed', path: '_/Speed', why: 'replaced is not empty' },
  { name: 'gas\u202Etxt', path: 'gas_txt', why: 'bidirectional controls cannot reorder what people read' },
  { name: 'Kiln\u200b1', path: 'Kiln_1', why: 'invisible characters become visible' },
  { name: 'Kiln\u3164/\ufe0f1', path: 'Kiln_/_1', why: 'also letters and marks that show nothing' },
  {
    name: 'Fan\ud83d',
    path: 'Fan_',
    why: 'half of a surrogate pair (as a metric name: rejected, it cannot be stored)',
  },
  { name: 'Fan 🌀 on', path: 'Fan _ on', why: 'symbols are not letters' },
  { name: '__proto__/constructor', path: '__proto__/constructor', why: 'nothing special about these' },
];

/** The examples as a Markdown table. */
export function segmentExamplesTable(): string {
  const rows = segmentExamples.map(({ name, path, why }) => `| \`${visible(name)}\` | \`${path}\` | ${why} |`);
  return ['| name | in the path | why |', '| --- | --- | --- |', ...rows].join('\n');
}

// What a reader could not see, or would see attached to something else.
function visible(text: string): string {
  return text.replace(
    /(?! )[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u0301]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
