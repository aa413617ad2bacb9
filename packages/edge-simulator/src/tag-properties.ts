import { Datatype, type PropertyInput } from '@uns/sparkplug';
import type { Random } from './random.ts';

const units = ['°C', 'bar', 'mbar', 'kcal/kg', 't/h', 'm³/h', 'kW', 'A', '%', 'rpm', 'mm/s', 'mg/Nm³', ''] as const;
const descriptions = [
  'Specific heat consumption, calculated',
  'Temperatura de saída dos gases',
  'Corrente do motor principal',
  'Fineza do cimento (Blaine)',
  '',
  'Pressure at the kiln inlet; see "P&ID 431/2"',
] as const;
const ignitionQualities = [192, 500, -2_147_483_132] as const;

/** Properties as Ignition sends them: those that are not the default, about eight of a tag. Quality is volatile. */
export function tagProperties(random: Random): PropertyInput[] {
  const low = random.integer(100) - 50;
  const properties: PropertyInput[] = [
    { key: 'engUnit', type: Datatype.String, value: random.pick(units) },
    { key: 'engLow', type: Datatype.Double, value: low },
    { key: 'engHigh', type: Datatype.Double, value: low + 100 + random.integer(2000) / 8 },
    { key: 'documentation', type: Datatype.String, value: random.pick(descriptions) },
    { key: 'Quality', type: Datatype.Int32, value: random.pick(ignitionQualities) },
    { key: 'executionMode', type: Datatype.String, value: random.pick(['EventDriven', 'FixedRate', 'TagGroupRate']) },
    { key: 'DataPermission', type: Datatype.Int32, value: random.integer(4) },
  ];
  if (random.chance(0.6))
    properties.push({ key: 'tooltip', type: Datatype.String, value: `Tag ${random.integer(10_000)}` });
  if (random.chance(0.4))
    properties.push({ key: 'executionRate', type: Datatype.Int64, value: 1000 * (1 + random.integer(60)) });
  if (random.chance(0.3)) properties.push({ key: 'retained', type: Datatype.Boolean, value: random.chance(0.5) });
  if (random.chance(0.2)) properties.push({ key: 'UoM', type: Datatype.String, value: random.pick(units) });
  return properties;
}
