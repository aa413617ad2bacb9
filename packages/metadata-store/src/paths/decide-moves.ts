/**
 * Which of the moves can be made at once: nobody may end where somebody else is and stays, nor two in one place. Of two who want one
 * place the one named first gets it. Who cannot move stays, and keeps others from coming.
 */
export function decideMoves(
  /** Where everybody is: id -> place. */
  places: ReadonlyMap<string, string>,
  /** Where some want to be. */
  wanted: ReadonlyMap<string, string>,
): Map<string, string> {
  const moves = new Map<string, string>();
  const claimed = new Set<string>();
  for (const [id, place] of wanted) {
    if (claimed.has(place) || places.get(id) === place) continue;
    claimed.add(place);
    moves.set(id, place);
  }
  const holders = new Map([...places].map(([id, place]) => [place, id]));
  for (let before = -1; before !== moves.size;) {
    before = moves.size;
    for (const [id, place] of moves) {
      const holder = holders.get(place);
      if (holder !== undefined && !moves.has(holder)) moves.delete(id);
    }
  }
  return moves;
}
