#pragma once
// How Kafka's schemas lay out a message: big-endian numbers, texts, bytes and lists behind their length, and, in flexible
// versions, compact lengths and tagged fields that are left out while they have their default (KIP-482). A message says
// its layout once, in a function template that writes and reads, so that the two cannot disagree:
//   template <class Io> void walk(Io& io, wire::Field<Io, TopicRecord>& r) { wire::values(io, r.name, r.topic_id); ... }
// in the namespace of its struct, which has a KSCOPE_FIELDS line. std::optional is what the schema calls nullable.
// Texts are bytes: what is no UTF-8 stays as it is. Source: Kafka 3.9 ByteBufferAccessor and the generated messages.
// MODEL: tagged fields that the schema does not know are skipped when read; Kafka keeps them and writes them again.

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "sim/types/uuid.h"
#include "sim/types/varint.h"

namespace kscope::sim::wire {

/// A version of a schema, and whether it is one of its flexible ones.
struct Encoding {
  std::int16_t version = 0;
  bool is_flexible = true;
};

template <class T>
concept Plain = std::integral<T> || std::is_enum_v<T>;
template <class T>
concept Wrapped = std::integral<decltype(T::value)>;
template <class T>
concept Struct = requires {
  T::kFieldCount;
};

/// What walk() sees of a message: constant while it is written.
template <class Io, class T>
using Field = typename Io::template Field<T>;

/// Appends fields to `out`, which must outlive it.
class Writer {
 public:
  template <class T>
  using Field = const T;

  Writer(std::vector<std::uint8_t>& out, Encoding encoding) : out_(out), encoding_(encoding) {}
  [[nodiscard]] std::int16_t version() const { return encoding_.version; }
  [[nodiscard]] bool is_flexible() const { return encoding_.is_flexible; }

  template <Plain T>
  void value(const T& number) {
    const std::uint64_t bits = bits_of(number);
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
  /// Requires: at most 32767 bytes, as Kafka does.
  void value(const std::string& text) {
    length<std::int16_t>(text.size());
    out_.insert(out_.end(), text.begin(), text.end());
  }
  template <class T>
  void value(const std::vector<T>& list) {
    length<std::int32_t>(list.size());
    for (const T& item : list) {
      value(item);
    }
  }
  void value(const std::optional<std::string>& text) { nullable<std::int16_t>(text); }
  template <class T>
  void value(const std::optional<std::vector<T>>& list) {
    nullable<std::int32_t>(list);
  }
  template <Struct T>
  void value(const std::optional<T>& item) {
    value(static_cast<std::int8_t>(item.has_value() ? 1 : -1));
    if (item.has_value()) {
      value(*item);
    }
  }
  template <Struct T>
  void value(const T& item) {
    walk(*this, item);
  }

  /// The tagged fields of a struct, in the order of their tags.
  class Tags {
   public:
    explicit Tags(Encoding encoding) : encoding_(encoding) {}
    template <class T>
    void field(std::uint64_t tag, const T& value, const T& default_value) {
      if (value != default_value) {
        Writer(parts_[tag], encoding_).value(value);
      }
    }
    /// A field whose default is null.
    template <class T>
    void field(std::uint64_t tag, const std::optional<T>& value) {
      if (!value.has_value()) {
        return;
      }
      Writer writer(parts_[tag], encoding_);
      if constexpr (Struct<T>) {
        writer.value(value);
      } else {
        writer.value(*value);
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
    Encoding encoding_;
    std::map<std::uint64_t, std::vector<std::uint8_t>> parts_;
  };
  /// The end of a struct: calls walk(tags), which names the tagged fields. Nothing where the version is not flexible.
  template <class Walk>
  void tagged(Walk walk) {
    if (encoding_.is_flexible) {
      Tags tags(encoding_);
      walk(tags);
      tags.finish(out_);
    }
  }

 private:
  /// Only those of its own size count.
  template <Plain T>
  static std::uint64_t bits_of(T number) {
    if constexpr (std::is_enum_v<T>) {
      return bits_of(static_cast<std::underlying_type_t<T>>(number));
    } else if constexpr (std::same_as<T, bool>) {
      return number ? 1 : 0;
    } else {
      return static_cast<std::make_unsigned_t<T>>(number);
    }
  }
  template <class Number>
  void length(std::size_t size) {
    KSCOPE_CHECK(size <= static_cast<std::size_t>(std::numeric_limits<Number>::max()), "too long for Kafka's schema");
    if (encoding_.is_flexible) {
      write_unsigned_varint(size + 1, out_);
    } else {
      value(static_cast<Number>(size));
    }
  }
  template <class Number, class T>
  void nullable(const std::optional<T>& item) {
    if (item.has_value()) {
      value(*item);
    } else if (encoding_.is_flexible) {
      write_unsigned_varint(0, out_);
    } else {
      value(static_cast<Number>(-1));
    }
  }

  std::vector<std::uint8_t>& out_;
  Encoding encoding_;
};

/// Takes fields from the front of `bytes`, which must outlive it. Bytes of any kind are safe: what does not follow the
/// schema is a failure that stays, and fields behind it have no meaning. Memory stays in proportion to the bytes read.
class Reader {
 public:
  template <class T>
  using Field = T;

  Reader(std::span<const std::uint8_t> bytes, Encoding encoding) : bytes_(bytes), encoding_(encoding) {}
  [[nodiscard]] std::int16_t version() const { return encoding_.version; }
  [[nodiscard]] bool is_flexible() const { return encoding_.is_flexible; }
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  /// Nothing failed and nothing is left over.
  [[nodiscard]] bool is_complete() const { return !has_failed_ && bytes_.empty(); }

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
  void value(std::string& text) { not_null(text); }
  template <class T>
  void value(std::vector<T>& list) {
    not_null(list);
  }
  void value(std::optional<std::string>& text) {
    const std::optional<std::size_t> size = length<std::int16_t>();
    std::optional<std::string> read;
    if (size.has_value()) {
      const std::span<const std::uint8_t> bytes = take(*size);
      read = std::string(bytes.begin(), bytes.end());
    }
    text = std::move(read);
  }
  template <class T>
  void value(std::optional<std::vector<T>>& list) {
    const std::optional<std::size_t> size = length<std::int32_t>();
    list = std::nullopt;
    if (!size.has_value()) {
      return;
    }
    list.emplace();
    has_failed_ = has_failed_ || *size > bytes_.size();  // every item takes a byte or more
    for (std::size_t i = 0; i < *size && !has_failed_; ++i) {
      value(list->emplace_back());
    }
  }
  template <Struct T>
  void value(std::optional<T>& item) {
    std::int8_t presence = 0;
    value(presence);
    item = std::nullopt;
    if (presence >= 0 && !has_failed_) {
      value(item.emplace());
    }
  }
  template <Struct T>
  void value(T& item) {
    walk(*this, item);
  }

  /// The tagged fields of a struct, by their tags.
  class Tags {
   public:
    explicit Tags(Encoding of_struct) : encoding(of_struct) {}
    template <class T>
    void field(std::uint64_t tag, T& value, const T& default_value) {
      value = default_value;
      read(tag, value);
    }
    /// A field whose default is null.
    template <class T>
    void field(std::uint64_t tag, std::optional<T>& value) {
      if constexpr (Struct<T>) {
        value = std::nullopt;
        read(tag, value);
      } else {
        T inner{};
        value = read(tag, inner) ? std::optional<T>(std::move(inner)) : std::nullopt;
      }
    }
    std::map<std::uint64_t, std::span<const std::uint8_t>> parts;
    Encoding encoding;
    bool has_failed = false;

   private:
    template <class T>
    bool read(std::uint64_t tag, T& value) {
      const auto at = parts.find(tag);
      if (at == parts.end()) {
        return false;
      }
      Reader reader(at->second, encoding);
      reader.value(value);
      has_failed = has_failed || !reader.is_complete();
      return true;
    }
  };
  /// The end of a struct: calls walk(tags), which names the tagged fields. Nothing where the version is not flexible.
  template <class Walk>
  void tagged(Walk walk) {
    if (!encoding_.is_flexible) {
      return;
    }
    Tags tags(encoding_);
    const std::uint64_t count = varint();
    for (std::uint64_t i = 0; i < count && !has_failed_; ++i) {
      const std::uint64_t tag = varint();
      tags.parts[tag] = take(varint());
    }
    walk(tags);
    has_failed_ = has_failed_ || tags.has_failed;
  }

 private:
  static constexpr std::size_t kMaxLength32 = 5;  // bytes of a 32-bit varint

  /// Nothing: null, or a failure.
  template <class Number>
  std::optional<std::size_t> length() {
    std::int64_t size = 0;
    if (encoding_.is_flexible) {
      size = static_cast<std::int64_t>(varint()) - 1;
    } else {
      Number number = 0;
      value(number);
      size = number;
    }
    has_failed_ = has_failed_ || size > std::numeric_limits<Number>::max();
    return has_failed_ || size < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(size));
  }
  template <class T>
  void not_null(T& item) {
    std::optional<T> read;
    value(read);
    has_failed_ = has_failed_ || !read.has_value();
    item = std::move(read).value_or(T());
  }
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
  Encoding encoding_;
  bool has_failed_ = false;
};

/// Fields that follow each other.
template <class Io, class... Values>
void values(Io& io, Values&... all) {
  (io.value(all), ...);
}
/// The end of a struct that has no tagged fields.
template <class Io>
void no_tags(Io& io) {
  io.tagged([](auto&) {});
}

}  // namespace kscope::sim::wire
