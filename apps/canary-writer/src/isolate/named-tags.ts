/** A character that may be part of a tag: one that stands next to a name makes it part of a longer one. */
const tagCharacter = /[\p{L}\p{N}_.$/-]/u;

/**
 * The tags that the texts name. Canary documents no form for that, so a tag counts as named where its full name stands by itself.
 * A name that ends a sentence counts too: a dot after it belongs to it only when more of a name follows.
 */
export function namedTags(messages: readonly string[], tags: readonly string[]): Set<string> {
  return new Set(tags.filter((tag) => messages.some((message) => names(message, tag))));
}

function names(message: string, tag: string): boolean {
  for (let at = message.indexOf(tag); at !== -1; at = message.indexOf(tag, at + 1)) {
    const after = message.slice(at + tag.length, at + tag.length + 2);
    const goesOn = after.startsWith('.') ? isPart(after[1]) : isPart(after[0]);
    if (!isPart(message[at - 1]) && !goesOn) return true;
  }
  return false;
}

const isPart = (character: string | undefined): boolean => character !== undefined && tagCharacter.test(character);
