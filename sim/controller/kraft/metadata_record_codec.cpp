// Each record's layout is written once, in walk(): the same lines write and read, so they cannot disagree.
#include "sim/controller/kraft/metadata_record_codec.h"

#include <algorithm>
#include <concepts>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/core/check.h"
#include "sim/types/varint.h"

namespace kscope::sim::kraft {
namespace {

constexpr std::uint64_t kFrameVersion = 1;
constexpr std::size_t kMaxLength32 = 5;  // bytes of a 32-bit varint

template <class T>
concept Plain = std::integral<T> || std::is_enum_v<T>;
template <class T>
concept Wrapped = std::integral<decltype(T::value)>;

template <class T>
concept Struct = requires {
  T::kFieldCount;
};

class Writer {
 public:
  template <class T>
  using Field = const T;

  Writer(std::vector<std::uint8_t>& out, std::int16_t version) : out_(out), version_(version) {}
  [[nodiscard]] std::int16_t version() const { return version_; }

  template <Plain T>
  void value(const T& number) {
    const auto bits = static_cast<std::uint64_t>(number);
    for (std::size_t i = sizeof(T); i > 0; --i) {
      out_.push_back(static_cast<std::uint8_t>(bits >> (8 * (i - 1))));
    }
  }
  template <Wrapped T>
  void value(const T& ordinal) {
    value(ordinal.value);
  }
  void value(const Uuid& uuid) {
    value(uuid.most_significant_bits);
    value(uuid.least_significant_bits);
  }
  void value(const std::string& text) {
    write_unsigned_varint(text.size() + 1, out_);
    out_.insert(out_.end(), text.begin(), text.end());
  }
  void value(const std::optional<std::string>& text) {
    if (text.has_value()) {
      value(*text);
    } else {
      write_unsigned_varint(0, out_);
    }
  }
  template <class T>
  void value(const std::vector<T>& list) {
    write_unsigned_varint(list.size() + 1, out_);
    for (const T& item : list) {
      value(item);
    }
  }
  template <Struct T>
  void value(const T& item) {
    walk(*this, item);
  }

  class Tags {
   public:
    explicit Tags(std::int16_t version) : version_(version) {}
    template <class T>
    void field(std::uint64_t tag, const T& value, const T& default_value) {
      if (value != default_value) {
        add(tag, value);
      }
    }
    template <class T>
    void field(std::uint64_t tag, const std::optional<T>& value) {
      if (value.has_value()) {
        add(tag, *value);
      }
    }
    void finish(std::vector<std::uint8_t>& out) const {
      write_unsigned_varint(parts_.size(), out);
      for (const auto& [tag, bytes] : parts_) {
        write_unsigned_varint(tag, out);
        write_unsigned_varint(bytes.size(), out);
        out.insert(out.end(), bytes.begin(), bytes.end());
      }
    }

   private:
    template <class T>
    void add(std::uint64_t tag, const T& value) {
      Writer(parts_[tag], version_).value(value);
    }
    std::int16_t version_;
    std::map<std::uint64_t, std::vector<std::uint8_t>> parts_;
  };
  template <class Walk>
  void tagged(Walk walk) {
    Tags tags(version_);
    walk(tags);
    tags.finish(out_);
  }

 private:
  std::vector<std::uint8_t>& out_;
  std::int16_t version_;
};

class Reader {
 public:
  template <class T>
  using Field = T;

  Reader(std::span<const std::uint8_t> bytes, std::int16_t version) : bytes_(bytes), version_(version) {}
  [[nodiscard]] std::int16_t version() const { return version_; }
  [[nodiscard]] bool is_complete() const { return !has_failed_ && bytes_.empty(); }
  [[nodiscard]] bool has_failed() const { return has_failed_; }

  std::uint64_t varint() {
    const std::optional<VarintRead> read = read_unsigned_varint(bytes_, kMaxLength32);
    if (!read.has_value()) {
      has_failed_ = true;
      return 0;
    }
    bytes_ = bytes_.subspan(read->length);
    return read->value;
  }
  template <Plain T>
  void value(T& number) {
    std::uint64_t bits = 0;
    for (const std::uint8_t byte : take(sizeof(T))) {
      bits = bits << 8 | byte;
    }
    if constexpr (std::same_as<T, bool>) {
      number = bits != 0;
    } else {
      number = static_cast<T>(bits);
    }
  }
  template <Wrapped T>
  void value(T& ordinal) {
    value(ordinal.value);
  }
  void value(Uuid& uuid) {
    value(uuid.most_significant_bits);
    value(uuid.least_significant_bits);
  }
  void value(std::string& text) {
    std::optional<std::string> read;
    value(read);
    has_failed_ = has_failed_ || !read.has_value();
    text = read.value_or("");
  }
  void value(std::optional<std::string>& text) {
    const std::uint64_t length = varint();
    if (length == 0) {
      text = std::nullopt;
      return;
    }
    const std::span<const std::uint8_t> bytes = take(length - 1);
    text = std::string(bytes.begin(), bytes.end());
  }
  template <class T>
  void value(std::vector<T>& list) {
    const std::uint64_t length = varint();
    list.clear();
    if (length == 0 || length - 1 > bytes_.size()) {  // every item takes a byte or more
      has_failed_ = true;
      return;
    }
    for (std::uint64_t i = 1; i < length && !has_failed_; ++i) {
      value(list.emplace_back());
    }
  }
  template <Struct T>
  void value(T& item) {
    walk(*this, item);
  }

  class Tags {
   public:
    template <class T>
    void field(std::uint64_t tag, T& value, const T& default_value) {
      value = default_value;
      read(tag, value);
    }
    template <class T>
    void field(std::uint64_t tag, std::optional<T>& value) {
      T inner{};
      value = read(tag, inner) ? std::optional<T>(std::move(inner)) : std::nullopt;
    }
    std::map<std::uint64_t, std::span<const std::uint8_t>> parts;
    std::int16_t version = 0;
    bool has_failed = false;

   private:
    template <class T>
    bool read(std::uint64_t tag, T& value) {
      const auto at = parts.find(tag);
      if (at == parts.end()) {
        return false;
      }
      Reader reader(at->second, version);
      reader.value(value);
      has_failed = has_failed || !reader.is_complete();
      return true;
    }
  };
  template <class Walk>
  void tagged(Walk walk) {
    Tags tags;
    tags.version = version_;
    const std::uint64_t count = varint();
    for (std::uint64_t i = 0; i < count && !has_failed_; ++i) {
      const std::uint64_t tag = varint();
      tags.parts[tag] = take(varint());
    }
    walk(tags);
    has_failed_ = has_failed_ || tags.has_failed;
  }

 private:
  std::span<const std::uint8_t> take(std::size_t size) {
    if (size > bytes_.size()) {
      has_failed_ = true;
      return {};
    }
    const std::span<const std::uint8_t> taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }

  std::span<const std::uint8_t> bytes_;
  std::int16_t version_;
  bool has_failed_ = false;
};

template <class Io, class T>
using Field = typename Io::template Field<T>;

template <class Io>
void no_tags(Io& io) {
  io.tagged([](auto&) {});
}
template <class Io, class... Values>
void values(Io& io, Values&... all) {
  (io.value(all), ...);
}

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
        Writer writer(out, record.version);
        writer.value(message);
      },
      record.message);
  return out;
}

Result<ApiMessageAndVersion> decode_metadata_record(std::span<const std::uint8_t> bytes) {
  Reader head(bytes, 0);
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
    Reader reader(bytes.subspan(head_size), result.version);
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
