import {
  fromJson,
  type DescField,
  type DescMessage,
  type JsonValue,
  type Registry,
} from '@bufbuild/protobuf';

function isObject(json: JsonValue | undefined): json is { [key: string]: JsonValue } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isReadable(type: DescMessage, json: JsonValue, registry: Registry): boolean {
  try {
    fromJson(type, json, { registry });
    return true;
  } catch {
    // The caller only wants to know whether it is readable.
    return false;
  }
}

function elementPath(field: DescField, json: JsonValue, registry: Registry): string {
  const type = 'message' in field ? field.message : undefined;
  if (type === undefined) return '';
  if (field.fieldKind === 'list' && Array.isArray(json)) {
    const index = json.findIndex((item) => !isReadable(type, item, registry));
    const item = json[index];
    return item === undefined ? '' : `[${String(index)}]${tail(type, item, registry)}`;
  }
  if (field.fieldKind === 'map' && isObject(json)) {
    const entry = Object.entries(json).find(([, item]) => !isReadable(type, item, registry));
    return entry === undefined ? '' : `["${entry[0]}"]${tail(type, entry[1], registry)}`;
  }
  return field.fieldKind === 'message' ? tail(type, json, registry) : '';
}

function tail(type: DescMessage, json: JsonValue, registry: Registry): string {
  const path = findFaultyField(type, json, registry);
  return path === '' ? '' : `.${path}`;
}

/**
 * Path of the first field of a JSON message that cannot be read, such as
 * `rooms[2].after.seq`; empty when the message as a whole is at fault. Runs only
 * after a failure; its cost is bounded by the frame size and the depth limit.
 */
export function findFaultyField(type: DescMessage, json: JsonValue, registry: Registry): string {
  if (!isObject(json)) return '';
  for (const [key, value] of Object.entries(json)) {
    if (isReadable(type, { [key]: value }, registry)) continue;
    const field = type.fields.find((each) => each.jsonName === key || each.name === key);
    if (field === undefined) return key.slice(0, 64);
    return `${field.name}${elementPath(field, value, registry)}`;
  }
  return '';
}
