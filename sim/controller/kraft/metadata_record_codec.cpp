// Each record's layout is written once, in walk(): the same lines write and read, so they cannot disagree.
#include "sim/controller/kraft/metadata_record_codec.h"

#include <string>
#include <utility>

#include "engine/core/check.h"
#include "sim/protocol/wire_format.h"
#include "sim/types/varint.h"

namespace kscope::sim::kraft {

using wire::Field;
using wire::no_tags;
using wire::values;

template <class Io>
void walk(Io& io, Field<Io, EndPoint>& r) {
  values(io, r.name, r.host, r.port, r.security_protocol);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, SupportedFeature>& r) {
  values(io, r.name, r.min_supported_version, r.max_supported_version);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, QuotaEntity>& r) {
  values(io, r.entity_type, r.entity_name);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, RegisterBrokerRecord>& r) {
  io.value(r.broker_id);
  if (io.version() >= 2) {
    io.value(r.is_migrating_zk_broker);
  }
  values(io, r.incarnation_id, r.broker_epoch, r.end_points, r.features, r.rack, r.fenced);
  if (io.version() >= 1) {
    io.value(r.in_controlled_shutdown);
  }
  io.tagged([&](auto& tags) {
    if (io.version() >= 3) {
      tags.field(0, r.log_dirs, {});
    }
  });
}
template <class Io>
void walk(Io& io, Field<Io, UnregisterBrokerRecord>& r) {
  values(io, r.broker_id, r.broker_epoch);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, TopicRecord>& r) {
  values(io, r.name, r.topic_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, PartitionRecord>& r) {
  values(io, r.partition_id, r.topic_id, r.replicas, r.isr, r.removing_replicas, r.adding_replicas, r.leader,
         r.leader_epoch, r.partition_epoch);
  if (io.version() >= 1) {
    io.value(r.directories);
  }
  io.tagged([&](auto& tags) {
    tags.field(0, r.leader_recovery_state, LeaderRecoveryState::kRecovered);
    if (io.version() >= 2) {
      tags.field(1, r.eligible_leader_replicas);
      tags.field(2, r.last_known_elr);
    }
  });
}
template <class Io>
void walk(Io& io, Field<Io, ConfigRecord>& r) {
  values(io, r.resource_type, r.resource_name, r.name, r.value);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, PartitionChangeRecord>& r) {
  values(io, r.partition_id, r.topic_id);
  io.tagged([&](auto& tags) {
    tags.field(0, r.isr);
    tags.field(1, r.leader);
    tags.field(2, r.replicas);
    tags.field(3, r.removing_replicas);
    tags.field(4, r.adding_replicas);
    tags.field(5, r.leader_recovery_state, LeaderRecoveryState::kNoChange);
    if (io.version() >= 2) {
      tags.field(6, r.eligible_leader_replicas);
      tags.field(7, r.last_known_elr);
    }
    if (io.version() >= 1) {
      tags.field(8, r.directories);
    }
  });
}
template <class Io>
void walk(Io& io, Field<Io, FenceBrokerRecord>& r) {
  values(io, r.id, r.epoch);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, UnfenceBrokerRecord>& r) {
  values(io, r.id, r.epoch);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, RemoveTopicRecord>& r) {
  io.value(r.topic_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, FeatureLevelRecord>& r) {
  values(io, r.name, r.feature_level);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ClientQuotaRecord>& r) {
  values(io, r.entity, r.key, r.value_bits, r.remove);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ProducerIdsRecord>& r) {
  values(io, r.broker_id, r.broker_epoch, r.next_producer_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, BrokerRegistrationChangeRecord>& r) {
  values(io, r.broker_id, r.broker_epoch);
  io.tagged([&](auto& tags) {
    tags.field(0, r.fenced, BrokerRegistrationFencingChange::kNone);
    if (io.version() >= 1) {
      tags.field(1, r.in_controlled_shutdown, BrokerRegistrationInControlledShutdownChange::kNone);
    }
    if (io.version() >= 2) {
      tags.field(2, r.log_dirs, {});
    }
  });
}
template <class Io>
void walk(Io& io, Field<Io, NoOpRecord>&) {
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, BeginTransactionRecord>& r) {
  io.tagged([&](auto& tags) { tags.field(0, r.name); });
}
template <class Io>
void walk(Io& io, Field<Io, EndTransactionRecord>&) {
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, AbortTransactionRecord>& r) {
  io.tagged([&](auto& tags) { tags.field(0, r.reason); });
}
template <class Io>
void walk(Io& io, Field<Io, RegisterControllerRecord>& r) {
  values(io, r.controller_id, r.incarnation_id, r.zk_migration_ready, r.end_points, r.features);
  no_tags(io);
}

namespace {

constexpr std::uint64_t kFrameVersion = 1;

// Calls read(Type{}) for the type with this number; false when there is none.
template <class Visit, class... Types>
bool with_type(std::uint64_t api_key, const std::variant<Types...>*, Visit visit) {
  bool is_found = false;
  const auto try_one = [&]<class T>(T record) {
    if (static_cast<std::uint64_t>(T::kApiKey) == api_key) {
      is_found = true;
      visit(std::move(record));
    }
  };
  (try_one(Types{}), ...);
  return is_found;
}

}  // namespace

std::string_view type_name(const MetadataRecord& record) {
  return std::visit([](const auto& r) { return r.kTypeName; }, record);
}

std::vector<std::uint8_t> encode(const ApiMessageAndVersion& record) {
  std::vector<std::uint8_t> out;
  std::visit(
      [&]<class T>(const T& message) {
        KSCOPE_CHECK(record.version >= 0, "versions begin at 0");
        KSCOPE_CHECK(record.version <= T::kMaxVersion, "the record type has no such version");
        write_unsigned_varint(kFrameVersion, out);
        write_unsigned_varint(static_cast<std::uint64_t>(T::kApiKey), out);
        write_unsigned_varint(static_cast<std::uint64_t>(record.version), out);
        wire::Writer writer(out, {record.version});
        writer.value(message);
      },
      record.message);
  return out;
}

Result<ApiMessageAndVersion> decode_metadata_record(std::span<const std::uint8_t> bytes) {
  wire::Reader head(bytes, {});
  const std::uint64_t frame_version = head.varint();
  const std::uint64_t api_key = head.varint();
  const std::uint64_t version = head.varint();
  if (head.has_failed()) {
    return Error{"a metadata record ends within its frame", "", 0};
  }
  if (frame_version != kFrameVersion) {
    return Error{"a metadata record has frame version " + std::to_string(frame_version) + ", known is 1", "", 0};
  }
  const std::int32_t head_bytes =
      size_of_unsigned_varint(frame_version) + size_of_unsigned_varint(api_key) + size_of_unsigned_varint(version);
  const auto head_size = static_cast<std::size_t>(head_bytes);
  ApiMessageAndVersion result;
  std::string problem;
  const bool is_known = with_type(api_key, static_cast<const MetadataRecord*>(nullptr), [&]<class T>(T record) {
    if (version > static_cast<std::uint64_t>(T::kMaxVersion)) {
      problem = "version " + std::to_string(version) + " is unknown";
      return;
    }
    result.version = static_cast<std::int16_t>(version);
    wire::Reader reader(bytes.subspan(head_size), {result.version});
    reader.value(record);
    problem = reader.has_failed()    ? "its bytes end too early or do not follow the schema"
              : reader.is_complete() ? ""
                                     : "bytes are left over behind it";
    result.message = std::move(record);
  });
  if (!is_known) {
    return Error{"no metadata record type " + std::to_string(api_key), "", 0};
  }
  if (!problem.empty()) {
    return Error{"metadata record type " + std::to_string(api_key) + ": " + problem, "", 0};
  }
  return result;
}

}  // namespace kscope::sim::kraft
