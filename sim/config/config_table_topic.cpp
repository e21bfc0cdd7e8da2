#include "sim/config/config_tables.h"

// Written by tools/gen_config_table.py. Do not edit.
// clang-format off

namespace kscope::sim {
namespace {

constexpr ConfigDef kRows[] = {
    {"cleanup.policy", ConfigType::LIST, "delete", "[compact, delete]", ConfigPresence::OPTIONAL},
    {"compression.gzip.level", ConfigType::INT, "-1", "[1,...,9] or -1", ConfigPresence::OPTIONAL},
    {"compression.lz4.level", ConfigType::INT, "9", "[1,...,17]", ConfigPresence::OPTIONAL},
    {"compression.type", ConfigType::STRING, "producer", "[uncompressed, zstd, lz4, snappy, gzip, producer]", ConfigPresence::OPTIONAL},
    {"compression.zstd.level", ConfigType::INT, "3", "[-131072,...,22]", ConfigPresence::OPTIONAL},
    {"delete.retention.ms", ConfigType::LONG, "86400000", "[0,...]", ConfigPresence::OPTIONAL},
    {"file.delete.delay.ms", ConfigType::LONG, "60000", "[0,...]", ConfigPresence::OPTIONAL},
    {"flush.messages", ConfigType::LONG, "9223372036854775807", "[1,...]", ConfigPresence::OPTIONAL},
    {"flush.ms", ConfigType::LONG, "9223372036854775807", "[0,...]", ConfigPresence::OPTIONAL},
    {"follower.replication.throttled.replicas", ConfigType::LIST, "", "[partitionId]:[brokerId],[partitionId]:[brokerId],...", ConfigPresence::OPTIONAL},
    {"index.interval.bytes", ConfigType::INT, "4096", "[0,...]", ConfigPresence::OPTIONAL},
    {"leader.replication.throttled.replicas", ConfigType::LIST, "", "[partitionId]:[brokerId],[partitionId]:[brokerId],...", ConfigPresence::OPTIONAL},
    {"local.retention.bytes", ConfigType::LONG, "-2", "[-2,...]", ConfigPresence::OPTIONAL},
    {"local.retention.ms", ConfigType::LONG, "-2", "[-2,...]", ConfigPresence::OPTIONAL},
    {"max.compaction.lag.ms", ConfigType::LONG, "9223372036854775807", "[1,...]", ConfigPresence::OPTIONAL},
    {"max.message.bytes", ConfigType::INT, "1048588", "[0,...]", ConfigPresence::OPTIONAL},
    {"message.downconversion.enable", ConfigType::BOOLEAN, "true", "", ConfigPresence::OPTIONAL},
    {"message.format.version", ConfigType::STRING, "3.0-IV1", "[0.8.0, 0.8.1, 0.8.2, 0.9.0, 0.10.0-IV0, 0.10.0-IV1, 0.10.1-IV0, 0.10.1-IV1, 0.10.1-IV2, "
     "0.10.2-IV0, 0.11.0-IV0, 0.11.0-IV1, 0.11.0-IV2, 1.0-IV0, 1.1-IV0, 2.0-IV0, 2.0-IV1, "
     "2.1-IV0, 2.1-IV1, 2.1-IV2, 2.2-IV0, 2.2-IV1, 2.3-IV0, 2.3-IV1, 2.4-IV0, 2.4-IV1, 2.5-IV0, "
     "2.6-IV0, 2.7-IV0, 2.7-IV1, 2.7-IV2, 2.8-IV0, 2.8-IV1, 3.0-IV0, 3.0-IV1, 3.1-IV0, 3.2-IV0, "
     "3.3-IV0, 3.3-IV1, 3.3-IV2, 3.3-IV3, 3.4-IV0, 3.5-IV0, 3.5-IV1, 3.5-IV2, 3.6-IV0, 3.6-IV1, "
     "3.6-IV2, 3.7-IV0, 3.7-IV1, 3.7-IV2, 3.7-IV3, 3.7-IV4, 3.8-IV0, 3.9-IV0, 4.0-IV0, 4.0-IV1]", ConfigPresence::OPTIONAL},
    {"message.timestamp.after.max.ms", ConfigType::LONG, "9223372036854775807", "[0,...]", ConfigPresence::OPTIONAL},
    {"message.timestamp.before.max.ms", ConfigType::LONG, "9223372036854775807", "[0,...]", ConfigPresence::OPTIONAL},
    {"message.timestamp.difference.max.ms", ConfigType::LONG, "9223372036854775807", "[0,...]", ConfigPresence::OPTIONAL},
    {"message.timestamp.type", ConfigType::STRING, "CreateTime", "[CreateTime, LogAppendTime]", ConfigPresence::OPTIONAL},
    {"min.cleanable.dirty.ratio", ConfigType::DOUBLE, "0.5", "[0,...,1]", ConfigPresence::OPTIONAL},
    {"min.compaction.lag.ms", ConfigType::LONG, "0", "[0,...]", ConfigPresence::OPTIONAL},
    {"min.insync.replicas", ConfigType::INT, "1", "[1,...]", ConfigPresence::OPTIONAL},
    {"preallocate", ConfigType::BOOLEAN, "false", "", ConfigPresence::OPTIONAL},
    {"remote.log.copy.disable", ConfigType::BOOLEAN, "false", "", ConfigPresence::OPTIONAL},
    {"remote.log.delete.on.disable", ConfigType::BOOLEAN, "false", "", ConfigPresence::OPTIONAL},
    {"remote.storage.enable", ConfigType::BOOLEAN, "false", "", ConfigPresence::OPTIONAL},
    {"retention.bytes", ConfigType::LONG, "-1", "", ConfigPresence::OPTIONAL},
    {"retention.ms", ConfigType::LONG, "604800000", "[-1,...]", ConfigPresence::OPTIONAL},
    {"segment.bytes", ConfigType::INT, "1073741824", "[14,...]", ConfigPresence::OPTIONAL},
    {"segment.index.bytes", ConfigType::INT, "10485760", "[4,...]", ConfigPresence::OPTIONAL},
    {"segment.jitter.ms", ConfigType::LONG, "0", "[0,...]", ConfigPresence::OPTIONAL},
    {"segment.ms", ConfigType::LONG, "604800000", "[1,...]", ConfigPresence::OPTIONAL},
    {"unclean.leader.election.enable", ConfigType::BOOLEAN, "false", "", ConfigPresence::OPTIONAL},
};

}  // namespace

std::span<const ConfigDef> topic_config_table() { return kRows; }

}  // namespace kscope::sim
