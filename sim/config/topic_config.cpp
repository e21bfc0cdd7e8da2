#include "sim/config/topic_config.h"

#include "sim/config/broker_config.h"

namespace kscope::sim {

TopicConfig topic_config_from(const BrokerConfig& broker) {
  TopicConfig topic;
  topic.cleanup_policy = broker.log_cleanup_policy;
  topic.compression_type = broker.compression_type;
  topic.delete_retention_ms = broker.log_cleaner_delete_retention_ms;
  topic.file_delete_delay_ms = broker.log_segment_delete_delay_ms;
  topic.flush_messages = broker.log_flush_interval_messages;
  topic.flush_ms = broker.log_flush_interval();
  topic.index_interval_bytes = broker.log_index_interval_bytes;
  topic.max_compaction_lag_ms = broker.log_cleaner_max_compaction_lag_ms;
  topic.max_message_bytes = broker.message_max_bytes;
  topic.message_timestamp_type = broker.log_message_timestamp_type;
  topic.min_cleanable_dirty_ratio = broker.log_cleaner_min_cleanable_ratio;
  topic.min_compaction_lag_ms = broker.log_cleaner_min_compaction_lag_ms;
  topic.min_insync_replicas = broker.min_insync_replicas;
  topic.retention_bytes = broker.log_retention_bytes;
  topic.retention_ms = broker.log_retention_time();
  topic.segment_bytes = broker.log_segment_bytes;
  topic.segment_index_bytes = broker.log_index_size_max_bytes;
  topic.segment_ms = broker.log_roll_time();
  topic.unclean_leader_election_enable = broker.unclean_leader_election_enable;
  return topic;
}

}  // namespace kscope::sim
