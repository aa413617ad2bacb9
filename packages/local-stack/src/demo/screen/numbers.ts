const whole = new Intl.NumberFormat('en-US');

/** 4,401 */
export const count = (n: number): string => whole.format(n);

/** 1 metric, 2 metrics, 4,401 metrics */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** 1.6 s */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** 00:41, or 1:00:41 after an hour. */
export function clock(ms: number): string {
  const total = Math.floor(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const pad = (n: number): string => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${pad(minutes)}:${pad(rest)}`;
}
