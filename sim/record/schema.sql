-- What is in a recording. Tables whose names end in _row hold small numbers, as the recorder writes them; the views of the
-- same names without the ending say the same in words and are what people ask. docs/recording.md explains all of them.

-- ---- the run: enough to execute it again ----------------------------------------------------------------------------

CREATE TABLE run (
  scenario        TEXT,               -- title
  scenario_path   TEXT,               -- of the file it was read from, as it was given
  scenario_text   TEXT,               -- the whole file
  seed            TEXT,               -- decimal
  program_version TEXT,
  schema_version  INTEGER,
  rules           TEXT,               -- rule set: Kafka version, metadata mode, planted bug
  until_ns        INTEGER,            -- simulated time at which the run was to end
  state           TEXT,               -- 'open' while recording (and for ever after a crash), then 'complete'
  last_event      INTEGER,            -- these three when complete
  last_time_ns    INTEGER,
  fingerprint     TEXT                -- 16 hexadecimal digits
);
CREATE TABLE command (                -- what was done by hand, in this order
  id              INTEGER PRIMARY KEY,
  after_event     INTEGER,            -- posted when so many events had been executed
  time_ns         INTEGER,
  text            TEXT                -- a line of script: crash b1
);
CREATE TABLE fingerprint (
  event           INTEGER PRIMARY KEY,
  value           TEXT
);
CREATE TABLE chunk (                  -- every event, packed; the query command shows them as the table event
  first_event     INTEGER PRIMARY KEY,
  last_event      INTEGER,
  first_time_ns   INTEGER,
  last_time_ns    INTEGER,
  crc             INTEGER,            -- CRC-32C of data
  data            BLOB                -- at most 65 000 bytes
);

-- ---- names ----------------------------------------------------------------------------------------------------------

CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT, role TEXT, broker INTEGER);
CREATE TABLE topic (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE consumer_group (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE key_name (node INTEGER, key INTEGER, name TEXT);
CREATE TABLE kind (domain TEXT, id INTEGER, name TEXT, PRIMARY KEY (domain, id)) WITHOUT ROWID;

-- ---- key events -----------------------------------------------------------------------------------------------------

CREATE TABLE message_row (
  message         INTEGER PRIMARY KEY,
  what            INTEGER,
  sender          INTEGER,
  receiver        INTEGER,
  sent_ns         INTEGER,
  ended_ns        INTEGER,            -- when it arrived or was lost
  event           INTEGER,            -- the event in which it arrived or was lost
  size_bytes      INTEGER,
  is_lost         INTEGER,
  summary         TEXT
);
CREATE TABLE election_row (
  event INTEGER, time_ns INTEGER, node INTEGER, kind INTEGER, topic INTEGER, partition INTEGER,
  broker INTEGER, epoch INTEGER, reason INTEGER, previous INTEGER
);
CREATE TABLE isr_row (
  event INTEGER, time_ns INTEGER, node INTEGER, kind INTEGER, topic INTEGER, partition INTEGER,
  broker INTEGER, isr TEXT, old_isr TEXT, size INTEGER, epoch INTEGER, behind_ms INTEGER
);
CREATE TABLE rebalance_row (
  event INTEGER, time_ns INTEGER, node INTEGER, kind INTEGER, consumer_group INTEGER,
  state INTEGER, old_state INTEGER, generation INTEGER, client INTEGER, reason INTEGER
);
CREATE TABLE generation_row (
  event INTEGER, time_ns INTEGER, node INTEGER, consumer_group INTEGER, generation INTEGER, members INTEGER,
  partitions INTEGER
);
CREATE TABLE assignment_row (
  event INTEGER, time_ns INTEGER, node INTEGER, consumer_group INTEGER, topic INTEGER, partition INTEGER,
  generation INTEGER, is_taken INTEGER
);
CREATE TABLE offset_row (
  event INTEGER, time_ns INTEGER, node INTEGER, topic INTEGER, partition INTEGER, kind INTEGER, value INTEGER,
  consumer_group INTEGER
);
CREATE TABLE batch_row (
  batch INTEGER PRIMARY KEY, event INTEGER, time_ns INTEGER, node INTEGER, kind INTEGER, topic INTEGER,
  partition INTEGER, base_offset INTEGER, count INTEGER, epoch INTEGER, first_record INTEGER, error INTEGER
);
CREATE TABLE record_row (
  record INTEGER PRIMARY KEY, event INTEGER, time_ns INTEGER, node INTEGER, topic INTEGER, partition INTEGER,
  key INTEGER, sequence INTEGER
);
CREATE TABLE place_row (record INTEGER, batch INTEGER, position INTEGER);
CREATE TABLE delivery_row (
  event INTEGER, time_ns INTEGER, node INTEGER, kind INTEGER, consumer_group INTEGER, topic INTEGER,
  partition INTEGER, offset INTEGER, record INTEGER
);
CREATE TABLE note_row (
  event INTEGER, time_ns INTEGER, node INTEGER, kind INTEGER, topic INTEGER, partition INTEGER, broker INTEGER,
  consumer_group INTEGER, a INTEGER, b INTEGER, c INTEGER
);
CREATE TABLE act_row (event INTEGER, time_ns INTEGER, kind TEXT, name TEXT, node TEXT, peer TEXT, detail TEXT);
CREATE TABLE violation_row (event INTEGER, time_ns INTEGER, id TEXT, name TEXT, verdict TEXT, detail TEXT);
CREATE TABLE beat_row (event INTEGER, time_ns INTEGER, rank INTEGER, kind TEXT, text TEXT);

-- Rare and asked for often: these have indexes. Those that come with every record lie in the order of their events, and an
-- index of them would cost more than all else; a question that needs one gets it from SQLite while it runs.
CREATE INDEX message_by_event ON message_row (event);
CREATE INDEX election_by_partition ON election_row (topic, partition, event);
CREATE INDEX isr_by_partition ON isr_row (topic, partition, event);
CREATE INDEX rebalance_by_group ON rebalance_row (consumer_group, event);
CREATE INDEX act_by_event ON act_row (event);
CREATE INDEX violation_by_event ON violation_row (event);
CREATE INDEX beat_by_event ON beat_row (event);

-- ---- the same in words ----------------------------------------------------------------------------------------------

CREATE VIEW message AS
  SELECT m.message, k.name AS name, s.name AS sender, r.name AS receiver, m.sent_ns / 1e6 AS sent_ms,
         CASE m.is_lost WHEN 0 THEN m.ended_ns / 1e6 END AS arrived_ms,
         CASE m.is_lost WHEN 1 THEN m.ended_ns / 1e6 END AS lost_ms, m.event, m.size_bytes, m.summary
  FROM message_row m
  LEFT JOIN kind k ON k.domain = 'message' AND k.id = m.what
  LEFT JOIN node s ON s.id = m.sender LEFT JOIN node r ON r.id = m.receiver;

CREATE VIEW election AS
  SELECT e.event, e.time_ns / 1e6 AS time_ms, n.name AS node, k.name AS kind,
         t.name || '-' || e.partition AS partition, e.broker AS leader, e.epoch,
         CASE WHEN e.reason = 0 AND e.epoch = 0 THEN 'new partition' ELSE w.name END AS reason, e.previous
  FROM election_row e
  LEFT JOIN kind k ON k.domain = 'note' AND k.id = e.kind
  LEFT JOIN kind w ON w.domain = 'election' AND w.id = e.reason
  LEFT JOIN node n ON n.id = e.node LEFT JOIN topic t ON t.id = e.topic;

CREATE VIEW isr_change AS
  SELECT i.event, i.time_ns / 1e6 AS time_ms, n.name AS node, k.name AS kind,
         t.name || '-' || i.partition AS partition, i.broker, i.isr, i.old_isr, i.size, i.epoch AS partition_epoch,
         i.behind_ms
  FROM isr_row i
  LEFT JOIN kind k ON k.domain = 'note' AND k.id = i.kind
  LEFT JOIN node n ON n.id = i.node LEFT JOIN topic t ON t.id = i.topic;

CREATE VIEW rebalance AS
  SELECT r.event, r.time_ns / 1e6 AS time_ms, n.name AS node, k.name AS kind, g.name AS consumer_group,
         s.name AS state, o.name AS old_state, r.generation, c.name AS member, w.name AS reason
  FROM rebalance_row r
  LEFT JOIN kind k ON k.domain = 'note' AND k.id = r.kind
  LEFT JOIN kind s ON s.domain = 'group state' AND s.id = r.state
  LEFT JOIN kind o ON o.domain = 'group state' AND o.id = r.old_state
  LEFT JOIN kind w ON w.domain = 'leaving' AND w.id = r.reason
  LEFT JOIN consumer_group g ON g.id = r.consumer_group
  LEFT JOIN node n ON n.id = r.node LEFT JOIN node c ON c.id = r.client;

CREATE VIEW generation AS
  SELECT x.event, x.time_ns / 1e6 AS time_ms, g.name AS consumer_group, x.generation, x.members, x.partitions
  FROM generation_row x LEFT JOIN consumer_group g ON g.id = x.consumer_group;

CREATE VIEW assignment AS
  SELECT a.event, a.time_ns / 1e6 AS time_ms, g.name AS consumer_group, a.generation, n.name AS member,
         t.name || '-' || a.partition AS partition, CASE a.is_taken WHEN 1 THEN 'taken' ELSE 'given up' END AS what
  FROM assignment_row a
  LEFT JOIN consumer_group g ON g.id = a.consumer_group
  LEFT JOIN node n ON n.id = a.node LEFT JOIN topic t ON t.id = a.topic;

CREATE VIEW offset_over_time AS
  SELECT o.event, o.time_ns / 1e6 AS time_ms, n.name AS node, t.name || '-' || o.partition AS partition,
         k.name AS kind, o.value, g.name AS consumer_group
  FROM (SELECT event, time_ns, node, topic, partition, kind, value, consumer_group FROM offset_row
        UNION ALL
        SELECT event, time_ns, node, topic, partition, 1, base_offset + count, NULL FROM batch_row WHERE kind < 2) o
  LEFT JOIN kind k ON k.domain = 'offset' AND k.id = o.kind
  LEFT JOIN node n ON n.id = o.node LEFT JOIN topic t ON t.id = o.topic
  LEFT JOIN consumer_group g ON g.id = o.consumer_group;

CREATE VIEW batch AS
  SELECT b.batch, b.event, b.time_ns / 1e6 AS time_ms, n.name AS node, k.name AS kind,
         t.name || '-' || b.partition AS partition, b.base_offset, b.count, b.epoch, b.first_record, e.name AS error
  FROM batch_row b
  LEFT JOIN kind k ON k.domain = 'batch' AND k.id = b.kind
  LEFT JOIN kind e ON e.domain = 'error' AND e.id = b.error
  LEFT JOIN node n ON n.id = b.node LEFT JOIN topic t ON t.id = b.topic;

CREATE VIEW delivery AS
  SELECT d.event, d.time_ns / 1e6 AS time_ms, n.name AS consumer, g.name AS consumer_group,
         t.name || '-' || d.partition AS partition, d.offset, d.record,
         CASE d.kind WHEN 0 THEN 'delivered' ELSE 'processed' END AS what
  FROM delivery_row d
  LEFT JOIN consumer_group g ON g.id = d.consumer_group
  LEFT JOIN node n ON n.id = d.node LEFT JOIN topic t ON t.id = d.topic;

CREATE VIEW record_fate AS
  WITH failed AS (
    SELECT f.node, f.topic, f.partition, first.sequence AS first_sequence, f.count, f.error, f.time_ns, f.first_record
    FROM batch_row f JOIN record_row first ON first.record = f.first_record WHERE f.kind = 3)
  SELECT r.record, n.name AS producer, t.name || '-' || r.partition AS partition,
         COALESCE(y.name, 'k' || r.key) AS key, r.sequence, r.event AS created_event, r.time_ns / 1e6 AS created_ms,
         MIN(b.time_ns) / 1e6 AS appended_ms, b.base_offset + p.position AS offset, MIN(a.time_ns) / 1e6 AS acked_ms,
         COUNT(DISTINCT p.batch) AS copies, d.delivered_ms, COALESCE(d.deliveries, 0) AS deliveries,
         CASE WHEN a.batch IS NOT NULL THEN 'acked' WHEN x.error IS NOT NULL THEN 'failed'
              WHEN b.batch IS NOT NULL THEN 'appended' ELSE 'created' END AS fate,
         e.name AS error
  FROM record_row r
  LEFT JOIN place_row p ON p.record = r.record
  LEFT JOIN batch_row b ON b.batch = p.batch
  LEFT JOIN batch_row a ON a.topic = b.topic AND a.partition = b.partition AND a.base_offset = b.base_offset
                           AND a.node = r.node AND a.kind = 2
  LEFT JOIN failed x ON x.node = r.node AND x.topic = r.topic AND x.partition = r.partition
                        AND r.sequence >= x.first_sequence AND r.sequence < x.first_sequence + x.count
                        AND (r.sequence >= 0 OR x.first_record = r.record)
  LEFT JOIN (SELECT record, MIN(time_ns) / 1e6 AS delivered_ms, COUNT(*) AS deliveries FROM delivery_row
             WHERE kind = 0 GROUP BY record) d ON d.record = r.record
  LEFT JOIN kind e ON e.domain = 'error' AND e.id = x.error
  LEFT JOIN key_name y ON y.node = r.node AND y.key = r.key
  LEFT JOIN node n ON n.id = r.node LEFT JOIN topic t ON t.id = r.topic
  GROUP BY r.record;

CREATE VIEW note AS
  SELECT x.event, x.time_ns / 1e6 AS time_ms, n.name AS node, k.name AS kind, t.name || '-' || x.partition AS partition,
         x.broker, g.name AS consumer_group, x.a, x.b, x.c
  FROM note_row x
  LEFT JOIN kind k ON k.domain = 'note' AND k.id = x.kind
  LEFT JOIN consumer_group g ON g.id = x.consumer_group
  LEFT JOIN node n ON n.id = x.node LEFT JOIN topic t ON t.id = x.topic;

CREATE VIEW act AS SELECT event, time_ns / 1e6 AS time_ms, kind, name, node, peer, detail FROM act_row;
CREATE VIEW violation AS SELECT event, time_ns / 1e6 AS time_ms, id, name, verdict, detail FROM violation_row;
CREATE VIEW beat AS SELECT event, time_ns / 1e6 AS time_ms, rank, kind, text FROM beat_row;
