import type { Random } from './random.ts';

const plants = ['Maceira', 'Pataias', 'Outão', 'Cibra'] as const;
const areas = [
  ['400 - Clinker Production', ['431 - Kiln', '441 - Clinker Cooler', '421 - Preheater', '411 - Raw Meal Silo']],
  ['500 - Cement Grinding', ['531 - Cement Mill 1', '532 - Cement Mill 2', '541 - Separator']],
  ['300 - Raw Materials', ['311 - Crusher', '321 - Pre-homogenização', '331 - Raw Mill']],
  ['600 - Expedição', ['611 - Ensacagem', '621 - Carga a granel']],
] as const;
const groups = ['KPI', 'Process', 'Motors/M01', 'Motors/M02', 'Emissões', 'Qualidade', 'Energy'] as const;
const tags = [
  'SHC_CALC', 'Temperature PV', 'Pressão entrada', 'Caudal', 'Speed', 'Power', 'Vibration DE', 'Vibration NDE', 'Torque', 'NOx', 'CO',
  'O2', 'Feed Rate', 'Finura Blaine', 'Runtime', 'State', 'Level', 'Damper Position', 'Current', 'Availability %',
] as const; // prettier-ignore

/**
 * A tag name as plants have them: levels parted by `/`, with spaces, numbers and accents. `index` makes it unique; the plant is the first
 * level.
 */
export function tagName(random: Random, index: number): string {
  const [area, machines] = random.pick(areas);
  return [
    random.pick(plants),
    area,
    random.pick<string>(machines),
    random.pick(groups),
    `${random.pick(tags)} ${index}`,
  ].join('/');
}
