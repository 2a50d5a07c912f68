import type { z } from 'zod';

/** What the schema of one setting says beside its type. */
export interface SettingMeta {
  /** Name of the environment variable. */
  readonly env: string;
  /** One line for --help. */
  readonly help: string;
  /** True: never printed. */
  readonly secret?: boolean;
}

/** Any schema whose fields were made with `setting`. */
export type SettingsSchema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** Marks the schema of one setting with its variable and help line. Apply it last, after `.default()`. */
export function setting<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  return schema.meta({ ...meta });
}

/** One row of the schema, as the readers see it. */
export interface SettingRow extends SettingMeta {
  /** Key in the typed result: `grpcListen`. */
  readonly key: string;
  /** Name as a flag and as a key of the config file: `grpc-listen`. */
  readonly name: string;
  /** Default as text; undefined when the setting must be given. */
  readonly defaultText: string | undefined;
}

/** The rows of a schema in order. Throws when a field was not made with `setting`: a fault of the program. */
export function rowsOf(schema: SettingsSchema): readonly SettingRow[] {
  return Object.entries(schema.shape).map(([key, field]) => {
    const meta = field.meta();
    if (typeof meta?.['env'] !== 'string' || typeof meta['help'] !== 'string') {
      throw new TypeError(`the setting ${key} has no variable or no help`);
    }
    return {
      key,
      name: toFlagName(key),
      env: meta['env'],
      help: meta['help'],
      secret: meta['secret'] === true,
      defaultText: defaultTextOf(field),
    };
  });
}

/** `grpcListen` → `grpc-listen`. */
export function toFlagName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A value as it is written in help and print. */
export function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function defaultTextOf(field: z.ZodType): string | undefined {
  const result = field.safeParse(undefined);
  return result.success ? textOf(result.data ?? '') : undefined;
}
