#pragma once
// Records of __consumer_offsets that the classic protocol writes, field by field as they lie in the log: commits of
// offsets and the metadata of groups. Source: the schemas OffsetCommitKey/Value and GroupMetadataKey/Value of Kafka 3.9.
// Keys are told apart by their version, which is their type: 0 and 1 a commit, 2 a group.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "sim/protocol/version_prefixed.h"
#include "sim/protocol/wire_format.h"

namespace kscope::sim::wire {

struct OffsetCommitKey {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 1;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group;
  std::string topic;
  std::int32_t partition = 0;
  KSCOPE_FIELDS(OffsetCommitKey, group, topic, partition);
};
struct OffsetCommitValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 4;
  static constexpr std::int16_t kFirstFlexibleVersion = 4;
  std::int64_t offset = 0;
  std::int32_t leader_epoch = -1;  ///< version 3 on (KIP-320)
  std::string metadata;            ///< of the application
  std::int64_t commit_timestamp = 0;
  std::int64_t expire_timestamp = -1;  ///< version 1 only
  KSCOPE_FIELDS(OffsetCommitValue, offset, leader_epoch, metadata, commit_timestamp, expire_timestamp);
};

struct GroupMetadataKey {
  static constexpr std::int16_t kMinVersion = 2;
  static constexpr std::int16_t kMaxVersion = 2;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group;
  KSCOPE_FIELDS(GroupMetadataKey, group);
};
struct MemberMetadata {
  std::string member_id;
  std::optional<std::string> group_instance_id;  ///< version 3 on (KIP-345)
  std::string client_id;
  std::string client_host;
  std::int32_t rebalance_timeout = 0;  ///< ms, version 1 on
  std::int32_t session_timeout = 0;    ///< ms
  std::vector<std::uint8_t> subscription;
  std::vector<std::uint8_t> assignment;
  KSCOPE_FIELDS(MemberMetadata, member_id, group_instance_id, client_id, client_host, rebalance_timeout,
                session_timeout, subscription, assignment);
};
struct GroupMetadataValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 4;
  static constexpr std::int16_t kFirstFlexibleVersion = 4;
  std::string protocol_type;
  std::int32_t generation = 0;
  std::optional<std::string> protocol;
  std::optional<std::string> leader;
  std::int64_t current_state_timestamp = -1;  ///< version 2 on
  std::vector<MemberMetadata> members;
  KSCOPE_FIELDS(GroupMetadataValue, protocol_type, generation, protocol, leader, current_state_timestamp, members);
};

template <class Io>
void walk(Io& io, Field<Io, OffsetCommitKey>& r) {
  values(io, r.group, r.topic, r.partition);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, OffsetCommitValue>& r) {
  io.value(r.offset);
  if (io.version() >= 3) {
    io.value(r.leader_epoch);
  }
  values(io, r.metadata, r.commit_timestamp);
  if (io.version() == 1) {
    io.value(r.expire_timestamp);
  }
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, GroupMetadataKey>& r) {
  io.value(r.group);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, MemberMetadata>& r) {
  io.value(r.member_id);
  if (io.version() >= 3) {
    io.value(r.group_instance_id);
  }
  values(io, r.client_id, r.client_host);
  if (io.version() >= 1) {
    io.value(r.rebalance_timeout);
  }
  values(io, r.session_timeout, r.subscription, r.assignment);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, GroupMetadataValue>& r) {
  values(io, r.protocol_type, r.generation, r.protocol, r.leader);
  if (io.version() >= 2) {
    io.value(r.current_state_timestamp);
  }
  io.value(r.members);
  no_tags(io);
}

}  // namespace kscope::sim::wire
