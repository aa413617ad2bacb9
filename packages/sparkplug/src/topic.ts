import type { TopicFaultReason } from './faults.ts';

const NAMESPACE = 'spBv1.0';

type NodeMessageType = 'NBIRTH' | 'NDEATH' | 'NDATA' | 'NCMD';
type DeviceMessageType = 'DBIRTH' | 'DDEATH' | 'DDATA' | 'DCMD';

export type Topic =
  | { group: string; messageType: NodeMessageType; edge: string; device: null }
  | { group: string; messageType: DeviceMessageType; edge: string; device: string };

/** Longest id, in bytes of UTF-8: three of them stand in one row of an index. */
const mostIdBytes = 250;

export type ParsedTopic = { ok: true; topic: Topic } | { ok: false; reason: TopicFaultReason };

/** Reads a Sparkplug topic, `spBv1.0/<group>/<type>/<edge>[/<device>]` (tck-id-topic-structure). */
export function parseTopic(topic: string): ParsedTopic {
  const [namespace, group = '', type = '', edge = '', device, ...rest] = topic.split('/');
  // A host application's state stands under both roots, depending on the version of the specification.
  if (namespace === 'STATE' || (namespace === NAMESPACE && group === 'STATE')) {
    return { ok: false, reason: 'TOPIC_STATE' };
  }
  if (namespace !== NAMESPACE) return { ok: false, reason: 'TOPIC_NOT_SPARKPLUG' };
  if (!isNodeType(type) && !isDeviceType(type)) return { ok: false, reason: 'TOPIC_UNKNOWN_TYPE' };
  if (rest.length > 0) return { ok: false, reason: 'TOPIC_WRONG_LEVELS' };
  const ids = [group, edge, device ?? 'none'];
  if (!ids.every(isId)) return { ok: false, reason: 'TOPIC_EMPTY_ID' };
  if (ids.some((id) => Buffer.byteLength(id) > mostIdBytes)) return { ok: false, reason: 'TOPIC_ID_TOO_LONG' };
  if (isDeviceType(type)) {
    if (device !== undefined) return { ok: true, topic: { group, messageType: type, edge, device } };
  } else if (device === undefined) {
    return { ok: true, topic: { group, messageType: type, edge, device: null } };
  }
  return { ok: false, reason: 'TOPIC_WRONG_LEVELS' };
}

/** The topic of a message. Throws RangeError when an id is empty or holds `/`, `+`, `#` or NUL. */
export function formatTopic(topic: Topic): string {
  const levels = [topic.group, topic.messageType, topic.edge, ...(topic.device === null ? [] : [topic.device])];
  const bad = levels.find((level) => !isId(level));
  if (bad !== undefined) throw new RangeError(`not a Sparkplug id: ${JSON.stringify(bad)}`);
  return [NAMESPACE, ...levels].join('/');
}

function isNodeType(type: string): type is NodeMessageType {
  return type === 'NBIRTH' || type === 'NDEATH' || type === 'NDATA' || type === 'NCMD';
}

function isDeviceType(type: string): type is DeviceMessageType {
  return type === 'DBIRTH' || type === 'DDEATH' || type === 'DDATA' || type === 'DCMD';
}

/** MQTT has no NUL in topics; a broker that lets one through must not cost us an id that no database text can hold. */
function isId(level: string): boolean {
  return level !== '' && !/[/+#]/.test(level) && !level.includes('\0');
}
