-- Built once, when a recording is finished: keeping them while recording would cost more than everything else.

CREATE INDEX batch_by_offset ON batch_row (topic, partition, base_offset);
CREATE INDEX place_by_record ON place_row (record);
CREATE INDEX message_by_event ON message_row (event);
