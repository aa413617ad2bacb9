import { AliasTable } from '@uns/sparkplug';

/**
 * What is known of a device's aliases after a birth. A birth names every metric, so its pairs count; those of earlier births stay for
 * publishers that name a metric once and then send its alias alone, unless the birth gives the alias or the name to another. Of more
 * than `most` the earlier ones go.
 */
export function mergeAliases(
  known: AliasTable,
  learned: AliasTable,
  most: { aliases: number; characters: number },
): AliasTable {
  const pairs = learned.toJSON();
  const named = new Set(Object.values(pairs));
  let room = most.aliases - learned.size;
  let characters = most.characters - learned.characters;
  for (const [alias, name] of Object.entries(known.toJSON())) {
    if (room <= 0) break;
    if (alias in pairs || named.has(name)) continue;
    if (name.length > characters) continue;
    pairs[alias] = name;
    room -= 1;
    characters -= name.length;
  }
  return AliasTable.fromJSON(pairs);
}
