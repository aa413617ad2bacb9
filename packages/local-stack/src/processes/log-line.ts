/** What one line of an app's output says, as far as the stack cares. */
export interface LogLine {
  /** The line for people: level, message, and the fields that matter. */
  text: string;
  severity: 'info' | 'warn' | 'error';
  /** Where the admin server listens, when that is what the line says. */
  adminUrl: string | null;
}

const hidden = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);

/** Reads a JSON log line; anything else is shown as it is. */
export function readLogLine(line: string): LogLine {
  const record = parse(line);
  if (record === null) return { text: line, severity: 'info', adminUrl: null };
  const level = String(record['level']);
  const message = typeof record['msg'] === 'string' ? record['msg'] : '';
  const fields = Object.entries(record)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => `${key}=${show(value)}`);
  return {
    text: [level.toUpperCase().padEnd(5), message, ...fields].join(' '),
    severity: level === 'error' || level === 'fatal' ? 'error' : level === 'warn' ? 'warn' : 'info',
    adminUrl: message === 'admin server listens' && typeof record['url'] === 'string' ? record['url'] : null,
  };
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Not JSON after all: the caller shows the line as it is.
    return null;
  }
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
