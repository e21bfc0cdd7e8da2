#pragma once
// Control records of a Raft log, field by field: the leader's first record of its epoch, the quorum's feature version and
// voters (KIP-853), and the two ends of a snapshot (KIP-630). Source: the schemas LeaderChangeMessage, KRaftVersionRecord,
// VotersRecord, SnapshotHeaderRecord and SnapshotFooterRecord of Kafka 3.9.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "sim/protocol/version_prefixed.h"
#include "sim/protocol/wire_format.h"
#include "sim/types/uuid.h"

namespace kscope::sim::wire {

struct LeaderChangeVoter {
  std::int32_t voter_id = 0;
  Uuid voter_directory_id;  ///< version 1 on
  KSCOPE_FIELDS(LeaderChangeVoter, voter_id, voter_directory_id);
};
struct LeaderChangeMessage {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 1;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int16_t version = 0;
  std::int32_t leader_id = 0;
  std::vector<LeaderChangeVoter> voters;
  std::vector<LeaderChangeVoter> granting_voters;
  KSCOPE_FIELDS(LeaderChangeMessage, version, leader_id, voters, granting_voters);
};

struct KRaftVersionRecord {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int16_t version = 0;
  std::int16_t k_raft_version = 0;
  KSCOPE_FIELDS(KRaftVersionRecord, version, k_raft_version);
};

struct VoterEndpoint {
  std::string name;
  std::string host;
  std::uint16_t port = 0;
  KSCOPE_FIELDS(VoterEndpoint, name, host, port);
};
struct KRaftVersionFeature {
  std::int16_t min_supported_version = 0;
  std::int16_t max_supported_version = 0;
  KSCOPE_FIELDS(KRaftVersionFeature, min_supported_version, max_supported_version);
};
struct Voter {
  std::int32_t voter_id = 0;
  Uuid voter_directory_id;
  std::vector<VoterEndpoint> endpoints;
  KRaftVersionFeature k_raft_version_feature;
  KSCOPE_FIELDS(Voter, voter_id, voter_directory_id, endpoints, k_raft_version_feature);
};
struct VotersRecord {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int16_t version = 0;
  std::vector<Voter> voters;
  KSCOPE_FIELDS(VotersRecord, version, voters);
};

struct SnapshotHeaderRecord {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int16_t version = 0;
  std::int64_t last_contained_log_timestamp = 0;
  KSCOPE_FIELDS(SnapshotHeaderRecord, version, last_contained_log_timestamp);
};
struct SnapshotFooterRecord {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int16_t version = 0;
  KSCOPE_FIELDS(SnapshotFooterRecord, version);
};

template <class Io>
void walk(Io& io, Field<Io, LeaderChangeVoter>& r) {
  io.value(r.voter_id);
  if (io.version() >= 1) {
    io.value(r.voter_directory_id);
  }
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, LeaderChangeMessage>& r) {
  values(io, r.version, r.leader_id, r.voters, r.granting_voters);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, KRaftVersionRecord>& r) {
  values(io, r.version, r.k_raft_version);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, VoterEndpoint>& r) {
  values(io, r.name, r.host, r.port);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, KRaftVersionFeature>& r) {
  values(io, r.min_supported_version, r.max_supported_version);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, Voter>& r) {
  values(io, r.voter_id, r.voter_directory_id, r.endpoints, r.k_raft_version_feature);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, VotersRecord>& r) {
  values(io, r.version, r.voters);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, SnapshotHeaderRecord>& r) {
  values(io, r.version, r.last_contained_log_timestamp);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, SnapshotFooterRecord>& r) {
  io.value(r.version);
  no_tags(io);
}

}  // namespace kscope::sim::wire
