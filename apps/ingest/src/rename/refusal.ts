import postgres from 'postgres';

const noSuchData = 'P0002';
const uniqueViolation = '23505';

/** What the store has against a declaration, in words; null when the error is of another kind. */
export function refusal(error: unknown): string | null {
  if (!(error instanceof postgres.PostgresError)) return null;
  if (error.code === noSuchData) return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  if (error.code !== uniqueViolation) return null;
  const which = error.constraint_name === 'declared_renames_old' ? 'old' : 'new';
  return `A rename with that ${which} name is pending already. --list shows it, --withdraw takes it back.`;
}
