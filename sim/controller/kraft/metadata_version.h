#pragma once
// MetadataVersion: which metadata records, and which versions of them, a cluster in KRaft mode may use (metadata.version,
// one of the finalized features). The number is the feature level; names are as `kafka-features.sh` shows them.
// Source: Kafka 3.9 MetadataVersion, with the levels of the trunk of that time for 4.0.
// MODEL: in the released 4.0, ELR is a feature of its own (eligible.leader.replicas.version); here, as in the sources
// that the reference values come from, it goes with 4.0-IV1 and the controller's own setting.

#include <cstdint>
#include <optional>
#include <string_view>

namespace kscope::sim::kraft {

enum class MetadataVersion : std::int16_t {
  IBP_3_0_IV1 = 1,
  IBP_3_1_IV0 = 2,
  IBP_3_2_IV0 = 3,
  IBP_3_3_IV0 = 4,
  IBP_3_3_IV1 = 5,
  IBP_3_3_IV2 = 6,
  IBP_3_3_IV3 = 7,
  IBP_3_4_IV0 = 8,
  IBP_3_5_IV0 = 9,
  IBP_3_5_IV1 = 10,
  IBP_3_5_IV2 = 11,
  IBP_3_6_IV0 = 12,
  IBP_3_6_IV1 = 13,
  IBP_3_6_IV2 = 14,
  IBP_3_7_IV0 = 15,
  IBP_3_7_IV1 = 16,
  IBP_3_7_IV2 = 17,
  IBP_3_7_IV3 = 18,
  IBP_3_7_IV4 = 19,
  IBP_3_8_IV0 = 20,
  IBP_3_9_IV0 = 21,
  IBP_4_0_IV0 = 22,
  IBP_4_0_IV1 = 23,
};
inline constexpr MetadataVersion kLatestMetadataVersion = MetadataVersion::IBP_4_0_IV1;

/// Name of the feature whose level is the metadata version.
inline constexpr std::string_view kMetadataVersionFeature = "metadata.version";

/// "3.9-IV0" and the like; nothing for a name that is no metadata version of KRaft.
[[nodiscard]] std::optional<MetadataVersion> metadata_version_named(std::string_view name);
/// The inverse.
[[nodiscard]] std::string_view name_of(MetadataVersion version);

/// Whether an unclean election marks the partition as recovering (KIP-704).
[[nodiscard]] constexpr bool is_leader_recovery_supported(MetadataVersion v) {
  return v >= MetadataVersion::IBP_3_2_IV0;
}
/// Whether fencing is written as BrokerRegistrationChangeRecord rather than FenceBrokerRecord.
[[nodiscard]] constexpr bool is_broker_registration_change_record_supported(MetadataVersion v) {
  return v >= MetadataVersion::IBP_3_3_IV2;
}
/// Whether a registration tells that its broker is in controlled shutdown (KIP-841).
[[nodiscard]] constexpr bool is_in_controlled_shutdown_state_supported(MetadataVersion v) {
  return v >= MetadataVersion::IBP_3_3_IV3;
}
/// Whether a registration tells that its broker migrates from ZooKeeper (KIP-866).
[[nodiscard]] constexpr bool is_migration_supported(MetadataVersion v) { return v >= MetadataVersion::IBP_3_4_IV0; }
/// Whether a shrinking ISR raises the leader epoch: brokers before 3.6 need that (KAFKA-15021).
[[nodiscard]] constexpr bool is_leader_epoch_bump_required_on_isr_shrink(MetadataVersion v) {
  return v < MetadataVersion::IBP_3_6_IV0;
}
/// Whether partitions know the log directory of each replica (KIP-858).
[[nodiscard]] constexpr bool is_directory_assignment_supported(MetadataVersion v) {
  return v >= MetadataVersion::IBP_3_7_IV2;
}
/// Whether eligible leader replicas may be kept (KIP-966).
[[nodiscard]] constexpr bool is_elr_supported(MetadataVersion v) { return v >= MetadataVersion::IBP_4_0_IV1; }

/// Version of PartitionRecord and PartitionChangeRecord that is written.
[[nodiscard]] constexpr std::int16_t partition_record_version(MetadataVersion v) {
  return is_elr_supported(v) ? 2 : is_directory_assignment_supported(v) ? 1 : 0;
}
/// Version of RegisterBrokerRecord that is written.
[[nodiscard]] constexpr std::int16_t register_broker_record_version(MetadataVersion v) {
  return is_directory_assignment_supported(v)           ? 3
         : is_migration_supported(v)                    ? 2
         : is_in_controlled_shutdown_state_supported(v) ? 1
                                                        : 0;
}

}  // namespace kscope::sim::kraft
