import type { Setting } from './setting.ts';

interface Common<T> {
  env: string;
  doc: string;
  default?: T;
}

type Definition<T> = Common<T> &
  Pick<Setting<T>, 'accepts' | 'parse'> &
  Partial<Pick<Setting<T>, 'sensitive' | 'secrets'>>;

function define<T>(d: Definition<T>, show: (value: T) => string = String): Setting<T> {
  const { default: value, ...rest } = d;
  return {
    sensitive: false,
    ...rest,
    ...(value === undefined ? {} : { default: { value, text: show(value) } }),
  };
}

/** A setting that may be left out; its value is then `undefined`. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return {
    ...setting,
    parse: (given) => setting.parse(given),
    default: { value: undefined, text: 'not set' },
    secrets: (value) => (value === undefined ? [] : (setting.secrets?.(value) ?? [])),
  };
}

/** Any text that is not empty. */
export function text(o: Common<string> & { pattern?: RegExp; accepts?: string }): Setting<string> {
  return define({
    ...o,
    accepts: o.accepts ?? 'a text',
    parse: (value) => {
      if (o.pattern !== undefined && !o.pattern.test(value)) throw new Error('has the wrong form');
      return value;
    },
  });
}

/** A text that never reaches a log. */
export function secret(o: Common<string>): Setting<string> {
  return define({ ...o, accepts: 'a text', sensitive: true, parse: (value) => value, secrets: (value) => [value] });
}

export function integer(o: Common<number> & { min: number; max: number; unit?: string }): Setting<number> {
  const unit = o.unit === undefined ? '' : ` (${o.unit})`;
  return define({
    ...o,
    accepts: `a whole number from ${o.min} to ${o.max}${unit}`,
    parse: (value) => {
      if (!/^-?\d+$/.test(value)) throw new Error('is not a whole number');
      const number = Number(value);
      if (number < o.min || number > o.max) throw new Error('is out of range');
      return number;
    },
  });
}

export function decimal(o: Common<number> & { min: number; max: number; unit?: string }): Setting<number> {
  const unit = o.unit === undefined ? '' : ` (${o.unit})`;
  return define({
    ...o,
    accepts: `a number from ${o.min} to ${o.max}${unit}`,
    parse: (value) => {
      if (!/^-?\d+(\.\d+)?$/.test(value)) throw new Error('is not a number');
      const number = Number(value);
      if (number < o.min || number > o.max) throw new Error('is out of range');
      return number;
    },
  });
}

export function boolean(o: Common<boolean>): Setting<boolean> {
  return define({
    ...o,
    accepts: '`true` or `false`',
    parse: (value) => {
      if (value !== 'true' && value !== 'false') throw new Error('is neither');
      return value === 'true';
    },
  });
}

export function choice<const T extends string>(o: Common<T> & { of: readonly T[] }): Setting<T> {
  return define({
    ...o,
    accepts: `one of ${o.of.map((value) => `\`${value}\``).join(', ')}`,
    parse: (value) => {
      const found = o.of.find((candidate) => candidate === value);
      if (found === undefined) throw new Error('is none of these');
      return found;
    },
  });
}

/** Texts parted by commas; white space around each is dropped, empty ones too. */
export function list(o: Common<string[]>): Setting<string[]> {
  return define(
    {
      ...o,
      accepts: 'texts parted by commas',
      parse: (value) =>
        value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
    },
    (value) => (value.length === 0 ? 'empty' : value.join(',')),
  );
}

/** A URL of one of the given protocols (without the colon). Its password counts as a secret. */
export function url(o: Common<string> & { protocols: readonly string[] }): Setting<string> {
  return define({
    ...o,
    accepts: `a URL that starts with ${o.protocols.map((protocol) => `\`${protocol}://\``).join(' or ')}`,
    parse: (value) => {
      if (!URL.canParse(value)) throw new Error('is not a URL');
      const parsed = new URL(value);
      if (!o.protocols.includes(parsed.protocol.slice(0, -1))) throw new Error('has another protocol');
      if (parsed.hostname === '') throw new Error('names no host');
      return value;
    },
    secrets: (value) => {
      const { password } = new URL(value);
      return password === '' ? [] : [password, decodeURIComponent(password)];
    },
  });
}
