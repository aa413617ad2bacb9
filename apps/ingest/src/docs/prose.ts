export const reading = `# Sparkplug

What ingest understands of the births that edges publish, what it puts in quarantine, and how to put that right. This page is printed by \`node apps/ingest/src/docs/main.ts\` from the tables that the code works with.

## What is read

Ingest subscribes to \`spBv1.0/<group>/DBIRTH/#\` and \`spBv1.0/<group>/NBIRTH/+\`, QoS 0. From the birth of a device (DBIRTH) it takes the metrics and their properties: metadata. Values and their timestamps are left alone. From the birth of an edge node (NBIRTH) it learns what the births of its devices refer to, template definitions and aliases; metrics of the node itself are not stored. Several pods with the same \`MQTT_SHARED_SUBSCRIPTION\` part the births of devices among them; those of edge nodes go to each.

A birth is the whole truth about its device:

- A metric that is not in it is retired: its rows stay, and it comes back as the one it was. But a metric that is there and cannot be read, or has no place, is not gone: what is stored of it and below it (\`name/...\`) stays, with its tag. Where not even the name of one can be read (or of more than 50,000), nothing is retired.
- A property that is not in it, or is null, has been removed. Publishers like Ignition send only what is not the default, so this is how a removed property is told. It disappears from the store, the history keeps it, and in Canary an empty text is written over it. But a property that is there and cannot be read has not been removed: while a metric has such a fault, what is stored of it and is not in the birth stays. So does what was read from a DataSet or a template instance while its value is null, with the members of the instance.
- An identical birth changes nothing, whatever the order of its metrics, their values and its compression. Properties that change by themselves (\`UNS_VOLATILE_PROPERTIES\`, by default \`Quality\`) are stored but make no birth a new one.

A birth that breaks off in the middle tells nothing of the rest: what was read is stored, nothing is retired or renamed, and the edge node is asked for another one. An older birth never overwrites a newer one; which is newer is told by the timestamp of the payload, unless that lies in the future. When the one that was just published looks older, the edge node is asked for another: its clock may have been set meanwhile.

Retained births are accepted, though the specification forbids them. Compressed births (\`GZIP\`, \`DEFLATE\`) are recognised by the uuid \`SPBV1.0_COMPRESSED\` alone. Unknown protobuf fields are skipped. \`is_transient\` and \`is_historical\` are read and not stored.

One log line tells of each birth: what it changed, how long it took, and how many faults of which reason it had. It says too whether sequence numbers are missing between it and the birth before from the same edge node (\`sequence\`, \`missed\`; \`uns_ingest_sequence_total\` counts): they run over data as well, which ingest does not hear, so a gap proves nothing and nothing follows from it.`;

/** Sparkplug datatypes of properties, their type in the store, remarks. */
export const datatypeRows: readonly (readonly [datatypes: string, type: string, remarks: string])[] = [
  [
    'Int8, Int16, Int32, UInt8, UInt16',
    '`int`',
    'signed ones may come as unsigned numbers of any width: Int32 `4294967295` is -1',
  ],
  ['UInt32, Int64, DateTime', '`long`', 'all 64 bits are exact; DateTime is milliseconds since 1970 UTC'],
  ['UInt64', '`long`', 'above 2^63 - 1 as `string`'],
  ['Float', '`float`', '32 bits; NaN and the infinities are kept and go to Canary as texts'],
  ['Double', '`double`', 'the same'],
  ['Boolean', '`boolean`', ''],
  ['String, Text, UUID', '`string`', 'an empty text is a value'],
  ['Bytes, File', '`string`', 'base64'],
  ['PropertySet, PropertySetList', '', 'flattened: `limits/high`, `limits/0/high`'],
];

export const afterDatatypes = `To Canary integers beyond 2^53 - 1 go as texts, because JSON numbers would lose their last digits. A description in the \`metadata\` of a metric counts as its property \`documentation\`. Of a DataSet metric the columns and their types are kept, as properties \`DataSet/columns\` and \`DataSet/types\`; its rows are a value.`;

export const naming = `## Names, aliases, templates

How group, edge node, device and metric name become a path is told in [naming.md](naming.md).

**Aliases.** A metric with an alias and no name gets the name that its alias had in the last births of the device, else in the last birth of the edge node; both are kept, so restarts do not matter. Of two names for one alias the first counts. An alias that two devices of one edge node use is put on record (\`ALIAS_SHARED\`); each device goes by its own births. A metric whose alias nobody has named stands as \`alias:<id>\`, and its edge node is asked for a rebirth. When a birth names it, it stays the metric it was: its row, its history and its properties go over to the new name, and Canary gets all of them on the new tag.

**Templates (UDTs).** Definitions come in the NBIRTH; instances in a DBIRTH are flattened, \`Motor 1/Speed\`, each member with the properties that its definition gives it and the instance does not change. Definitions may be derived from one another, up to \`INGEST_MAX_DEPTH\` times. They are kept too. While those of an instance are not known, the instance and its members keep the properties that they have, and the edge node is asked for a rebirth: what may be inherited must not look removed. If definitions come later and the births of the devices do not follow within 30 seconds, those are asked for.

**Two metrics, one tag.** Two paths count as one tag of Canary when they differ by upper and lower case, by Unicode normalisation, or by \`.\` for \`/\`. The metric that has the tag keeps it, else the first of the birth; the other one is in quarantine (\`PATH_TAKEN\`). It gets the tag when the first one moves or is gone, with its next birth, also an identical one. Where the metric that is gone leaves the tag to one without a past of its own, that one goes on as the same metric, because in Canary it is the same tag: so a name that changes by its case only is a rename.`;

export const renames = `## Renames

A metric is its name. Without a word from anybody a new name is a new metric, and the old one is retired. There are three ways to keep the identity, with lineage and versions on record; Canary gets all properties on the new tag, and the old tag is left alone:

- **A mapping rule** that changes moves the paths of metrics, not their names: see [naming.md](naming.md). Ingest that starts with other rules moves everything that is stored at once, so that devices can change places. Of several ingest pods the one that started last decides: pods with other rules then write nothing, say so and are not ready, until they are restarted with the same.
- **Declared**: \`node apps/ingest/src/rename/main.ts Secil/Portugal/Cement 'old name' 'new name'\`, or in SQL \`select uns_meta.declare_rename('Secil', 'Portugal', 'Cement', 'old name', 'new name')\`. The next complete birth that has the new name and not the old one brings it about, once. All parts of a swap (A to B, B to A) or a chain (A to B, B to C) belong into one command or transaction; a swap is taken for done with the next birth that has both names. A rename may be declared afterwards: the metric that has had the new name since then is superseded, with its history on record. \`--list\` shows what is pending and why (table \`uns_meta.declared_renames\`), \`--withdraw\` takes it back.
- **An identity property** (\`UNS_IDENTITY_PROPERTY\`, for example \`tagId\`), an integer or a text that stays with a tag when its name changes: renames, swaps and chains are then recognised by themselves. A value that two tags of a device share says nothing (\`IDENTITY_DUPLICATE\`); they go by their names. A metric that may have been renamed in a birth that breaks off waits for a whole one (\`IDENTITY_UNDECIDED\`).

A metric that lost its name or tag to another one in this way is retired as \`<name>#superseded-...\`.

**Changes by hand.** The edge owns its metadata. What somebody changes in \`metrics\` or \`metric_properties\` with SQL is on record, goes to Canary, and is undone by the next birth, also an identical one, which is on record too. To change metadata for good, change it at the edge.`;

export const rebirths = `## Rebirths

Births are neither retained nor repeated; one that nobody heard is gone. So ingest asks edge nodes for their births (\`Node Control/Rebirth\` in an NCMD to the node, never to a device) when it has connected, and when a birth cannot be used. All ingest pods and restarts together ask a node at most once in \`REBIRTH_MIN_INTERVAL_SECONDS\` (300), and after connecting spread the requests at random over \`REBIRTH_SPREAD_SECONDS\` (60). Trouble that a rebirth does not end is asked about ever less, down to once a day. Nobody is asked while more than half of the mailbox is full.

The broker account must be allowed to publish to \`spBv1.0/+/NCMD/+\`. Where it is not, set \`REBIRTH_REQUESTS=off\`; a broker that closes the connection over a request is noticed, logged and left in peace for an hour at a time. With requests off, a birth that was missed comes when the edge publishes it next. \`uns_ingest_rebirth_requests_total\` counts them by reason and by what became of them, \`uns_meta.rebirth_requests\` has the last one of each node.`;

export const limits = `## Large births and limits

MQTT carries no more than 256 MB in one message, and brokers allow less: EMQX 1 MB by default (\`mqtt.max_packet_size\`), which an uncompressed birth of three thousand metrics exceeds. Raise it, and let the edge compress its births: 30 to 1 is normal. A birth that the broker drops leaves no trace here.

Whoever may publish can make up the ids of devices and edge nodes. What such births leave is bounded: the store takes \`INGEST_MAX_DEVICES\` devices; of edge nodes that have none of them it keeps the definitions and aliases of the 1,000 heard last (256 MB of each), and asks 1,000 for rebirths in one interval; 50,000 births wait at most; the rest is told under [quarantine](#quarantine). Names of metrics are not bounded in number: a metric that is gone is retired and kept, because it may come back.`;

export const quarantine = `## Quarantine

What cannot be stored is put on record with its reason, and stops nothing else: table \`uns_meta.birth_quarantine\`, one row for each thing that is wrong, however often it is seen.

\`\`\`sql
-- What is wrong now, the newest first.
select device, metric, property, reason, detail, occurrences, first_seen, last_seen
from uns_meta.birth_quarantine where resolved_at is null order by last_seen desc limit 50;

-- A frame that could not be read at all.
select sample from uns_meta.birth_quarantine where sample is not null order by last_seen desc limit 1;
\`\`\`

The device is empty for the birth of an edge node, the metric for the birth as a whole, the property for the metric as a whole. \`resolved_at\` is set when a later complete birth of the device no longer has the fault. An identical birth tells nothing new of its metrics, and resolves only what says that a birth could not be used. An entry goes \`INGEST_QUARANTINE_DAYS\` (30) days after it was resolved. Of one birth at most 2,000 different faults are kept and the rest counted, of one device at most 10,000 rows. \`sample\` has the topic, the size, the SHA-256 and the first 64 bytes in hex. \`uns_ingest_quarantined_total\` counts by reason.

A device that is not in the store, because none of its births could be used so far, has one row for each reason; it is resolved by its first complete birth, and goes \`INGEST_QUARANTINE_DAYS\` days after it was last seen. Ids can be made up, so of such devices of one edge node at most 1,000 rows are kept, likewise of all edge nodes that have no device in the store, and 10,000 in all. Beyond that they are counted together (\`uns_ingest_quarantine_folded_total\`): the device is then \`+\`, the edge node too where it is not known either, and \`sample\` has the 20 ids seen last:

\`\`\`sql
select group_id, edge, reason, occurrences, last_seen, sample -> 'devices' as devices
from uns_meta.birth_quarantine where device = '+' order by last_seen desc;
\`\`\`

Each log line of a birth names its device, whatever became of it.`;
