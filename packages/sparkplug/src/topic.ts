import type { TopicFaultReason } from './faults.ts';

const NODE_TYPES = ['NBIRTH', 'NDEATH', 'NDATA', 'NCMD'] as const;
const DEVICE_TYPES = ['DBIRTH', 'DDEATH', 'DDATA', 'DCMD'] as const;
const NAMESPACE = 'spBv1.0';

export type NodeMessageType = (typeof NODE_TYPES)[number];
export type DeviceMessageType = (typeof DEVICE_TYPES)[number];

interface NodeTopic {
  group: string;
  messageType: NodeMessageType;
  edge: string;
  device: null;
}

interface DeviceTopic {
  group: string;
  messageType: DeviceMessageType;
  edge: string;
  device: string;
}

export type Topic = NodeTopic | DeviceTopic;
export type ParsedTopic = { ok: true; topic: Topic } | { ok: false; reason: TopicFaultReason };

/** Reads a Sparkplug topic, `spBv1.0/<group>/<type>/<edge>[/<device>]` (tck-id-topic-structure). */
export function parseTopic(topic: string): ParsedTopic {
  const [namespace, group = '', type = '', edge = '', device, ...rest] = topic.split('/');
  // A host application's state stands under both roots, depending on the version of the specification.
  if (namespace === 'STATE' || (namespace === NAMESPACE && group === 'STATE')) {
    return { ok: false, reason: 'TOPIC_STATE' };
  }
  if (namespace !== NAMESPACE) return { ok: false, reason: 'TOPIC_NOT_SPARKPLUG' };

  const nodeType = NODE_TYPES.find((known) => known === type);
  const deviceType = DEVICE_TYPES.find((known) => known === type);
  if (nodeType === undefined && deviceType === undefined) return { ok: false, reason: 'TOPIC_UNKNOWN_TYPE' };
  if (rest.length > 0 || (device === undefined) !== (deviceType === undefined)) {
    return { ok: false, reason: 'TOPIC_WRONG_LEVELS' };
  }
  if (![group, edge, device ?? 'none'].every(isId)) return { ok: false, reason: 'TOPIC_EMPTY_ID' };
  if (deviceType !== undefined && device !== undefined) {
    return { ok: true, topic: { group, messageType: deviceType, edge, device } };
  }
  return nodeType === undefined
    ? { ok: false, reason: 'TOPIC_UNKNOWN_TYPE' }
    : { ok: true, topic: { group, messageType: nodeType, edge, device: null } };
}

/** The topic of a message. Throws when an id is empty or holds `/`, `+` or `#`. */
export function formatTopic(topic: Topic): string {
  const levels = [topic.group, topic.messageType, topic.edge, ...(topic.device === null ? [] : [topic.device])];
  const bad = levels.find((level) => !isId(level));
  if (bad !== undefined) throw new RangeError(`not a Sparkplug id: ${JSON.stringify(bad)}`);
  return [NAMESPACE, ...levels].join('/');
}

function isId(level: string): boolean {
  return level !== '' && !/[/+#]/.test(level);
}
