#pragma once
// One line per struct, `KSCOPE_FIELDS(Type, a, b, c)`, names its fields once for everything that must walk over them: the
// fingerprint (`digest`), the text form that inspectors and recordings show (`describe`), and any other visitor.
// Both walk integers, enums, strong ids and ordinals, times, texts, optionals, pairs, variants, shared immutable values,
// any range with a fixed order, and structs with fields, to any depth. A type that is too large to be walked for every
// event may offer `std::uint64_t content_hash() const`, which digest() then takes instead.

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/core/fingerprint.h"
#include "engine/core/strong.h"

// A macro cannot call itself; rescanning its text a few times has the same effect, here for up to 85 fields.
#define KSCOPE_PARENS ()
#define KSCOPE_EXPAND(...) KSCOPE_EXPAND_3(KSCOPE_EXPAND_3(KSCOPE_EXPAND_3(KSCOPE_EXPAND_3(__VA_ARGS__))))
#define KSCOPE_EXPAND_3(...) KSCOPE_EXPAND_2(KSCOPE_EXPAND_2(KSCOPE_EXPAND_2(KSCOPE_EXPAND_2(__VA_ARGS__))))
#define KSCOPE_EXPAND_2(...) KSCOPE_EXPAND_1(KSCOPE_EXPAND_1(KSCOPE_EXPAND_1(KSCOPE_EXPAND_1(__VA_ARGS__))))
#define KSCOPE_EXPAND_1(...) __VA_ARGS__
#define KSCOPE_FOR_EACH(macro, ...) __VA_OPT__(KSCOPE_EXPAND(KSCOPE_FOR_EACH_STEP(macro, __VA_ARGS__)))
#define KSCOPE_FOR_EACH_STEP(macro, first, ...) \
  macro(first) __VA_OPT__(KSCOPE_FOR_EACH_AGAIN KSCOPE_PARENS(macro, __VA_ARGS__))
#define KSCOPE_FOR_EACH_AGAIN() KSCOPE_FOR_EACH_STEP
#define KSCOPE_FIELD_COUNT_ONE(field) +1
#define KSCOPE_FIELD_NAME_ONE(field) std::string_view(#field),
#define KSCOPE_FIELD_VISIT_ONE(field) visitor(std::string_view(#field), field);

/// Inside a struct: names its fields, in order. Gives kTypeName, kFieldCount, kFieldNames and visit_fields(visitor), which
/// calls visitor(name, value) for each; also defaulted equality. An empty struct is `KSCOPE_FIELDS(Type)`.
#define KSCOPE_FIELDS(Type, ...)                                                                     \
  static constexpr std::string_view kTypeName = #Type;                                               \
  static constexpr std::size_t kFieldCount = 0 KSCOPE_FOR_EACH(KSCOPE_FIELD_COUNT_ONE, __VA_ARGS__); \
  static constexpr std::array<std::string_view, kFieldCount> kFieldNames{                            \
      {KSCOPE_FOR_EACH(KSCOPE_FIELD_NAME_ONE, __VA_ARGS__)}};                                        \
  template <class Visitor>                                                                           \
  constexpr void visit_fields([[maybe_unused]] Visitor&& visitor) const {                            \
    KSCOPE_FOR_EACH(KSCOPE_FIELD_VISIT_ONE, __VA_ARGS__)                                             \
  }                                                                                                  \
  bool operator==(const Type&) const = default

namespace kscope {

namespace detail {

struct IgnoreField {
  template <class T>
  constexpr void operator()(std::string_view, const T&) const {}
};

template <class T>
inline constexpr bool is_strong = false;
template <class Tag, class Rep>
inline constexpr bool is_strong<Id<Tag, Rep>> = true;
template <class Tag, class Rep>
inline constexpr bool is_strong<Ordinal<Tag, Rep>> = true;

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Length>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Length>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_shared = false;
template <class T>
inline constexpr bool is_shared<std::shared_ptr<T>> = std::is_const_v<T>;

template <class... Ts>
void accept_variant(const std::variant<Ts...>& variant);
/// A variant, or a class that is one and no more.
template <class T>
inline constexpr bool is_variant = requires(const T& value) {
  accept_variant(value);
};

template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

template <class T>
inline constexpr bool no_walk = false;

template <class T>
concept HasFields = requires(const T& value) {
  value.visit_fields(IgnoreField{});
};
template <class T>
concept HasContentHash = requires(const T& value) {
  { value.content_hash() } -> std::same_as<std::uint64_t>;
};
template <class T>
concept IsText = std::convertible_to<const T&, std::string_view>;
template <class T>
concept IsRange = requires(const T& value) {
  value.begin();
  value.end();
  typename T::value_type;
};
template <class T>
concept IsMap = IsRange<T> && requires {
  typename T::mapped_type;
};
template <class T>
concept IsHashTable = requires {
  typename T::hasher;
};
template <class T>
concept HasEnumName = std::is_enum_v<T> && requires(T value) {
  { to_string(value) } -> std::convertible_to<std::string_view>;
};

void append_quoted(std::string& out, std::string_view text);
void append_signed(std::string& out, std::int64_t value);
void append_unsigned(std::string& out, std::uint64_t value);
void append_duration(std::string& out, std::int64_t nanoseconds);
void append_key(std::string& out, const std::string& described);

}  // namespace detail

/// Takes `value` into `fingerprint`, recursively. Cost: O(everything inside). Equal values give equal fingerprints.
template <class T>
constexpr void mix_value(Fingerprint& fingerprint, const T& value) {
  if constexpr (detail::HasContentHash<T>) {
    fingerprint.mix(value.content_hash());
  } else if constexpr (std::is_enum_v<T>) {
    fingerprint.mix(static_cast<std::uint64_t>(static_cast<std::underlying_type_t<T>>(value)));
  } else if constexpr (std::is_integral_v<T>) {
    fingerprint.mix(static_cast<std::uint64_t>(value));
  } else if constexpr (detail::is_strong<T>) {
    fingerprint.mix(static_cast<std::uint64_t>(value.value));
  } else if constexpr (detail::is_duration<T>) {
    static_assert(std::is_integral_v<typename T::rep>, "a duration in state counts whole units");
    fingerprint.mix(static_cast<std::uint64_t>(value.count()));
  } else if constexpr (detail::is_time_point<T>) {
    fingerprint.mix(static_cast<std::uint64_t>(value.time_since_epoch().count()));
  } else if constexpr (detail::IsText<T>) {
    fingerprint.mix_text(std::string_view(value));
  } else if constexpr (std::is_same_v<T, std::monostate>) {
    fingerprint.mix(0);
  } else if constexpr (detail::is_optional<T> || detail::is_shared<T>) {
    fingerprint.mix(value ? 1u : 0u);
    if (value) {
      mix_value(fingerprint, *value);
    }
  } else if constexpr (detail::is_variant<T>) {
    fingerprint.mix(value.index());
    std::visit([&fingerprint](const auto& held) { mix_value(fingerprint, held); }, value);
  } else if constexpr (detail::is_pair<T>) {
    mix_value(fingerprint, value.first);
    mix_value(fingerprint, value.second);
  } else if constexpr (detail::HasFields<T>) {
    value.visit_fields([&fingerprint](std::string_view, const auto& field) { mix_value(fingerprint, field); });
  } else if constexpr (detail::IsRange<T>) {
    static_assert(!detail::IsHashTable<T>, "the order of a hash table differs between machines");
    std::uint64_t count = 0;
    for (const typename T::value_type& item : value) {
      mix_value(fingerprint, item);
      ++count;
    }
    fingerprint.mix(count);
  } else {
    static_assert(detail::no_walk<T>,
                  "give this type a KSCOPE_FIELDS line; pointers and floats have no place in state");
  }
}

/// The 64-bit hash of a value and everything inside it.
template <class T>
[[nodiscard]] constexpr std::uint64_t digest(const T& value) {
  Fingerprint fingerprint;
  mix_value(fingerprint, value);
  return fingerprint.value();
}

/// Appends the text form of `value`, which is JSON: numbers, "texts", "1.5ms", [lists], {"field": value}, null.
/// Enums that have a to_string() show their name. A variant shows as {"Type": value}.
template <class T>
void append_description(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (detail::HasEnumName<T>) {
    detail::append_quoted(out, std::string_view(to_string(value)));
  } else if constexpr (std::is_enum_v<T>) {
    append_description(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
    detail::append_signed(out, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    detail::append_unsigned(out, static_cast<std::uint64_t>(value));
  } else if constexpr (detail::is_strong<T>) {
    append_description(out, value.value);
  } else if constexpr (detail::is_duration<T>) {
    detail::append_duration(out, std::chrono::duration_cast<std::chrono::nanoseconds>(value).count());
  } else if constexpr (detail::is_time_point<T>) {
    append_description(out, value.time_since_epoch());
  } else if constexpr (detail::IsText<T>) {
    detail::append_quoted(out, std::string_view(value));
  } else if constexpr (std::is_same_v<T, std::monostate>) {
    out += "null";
  } else if constexpr (detail::is_optional<T> || detail::is_shared<T>) {
    if (value) {
      append_description(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (detail::is_variant<T>) {
    std::visit(
        [&out]<class Held>(const Held& held) {
          if constexpr (detail::HasFields<Held>) {
            out += "{\"";
            out += Held::kTypeName;
            out += "\": ";
            append_description(out, held);
            out += "}";
          } else {
            append_description(out, held);
          }
        },
        value);
  } else if constexpr (detail::is_pair<T>) {
    out += "[";
    append_description(out, value.first);
    out += ", ";
    append_description(out, value.second);
    out += "]";
  } else if constexpr (detail::HasFields<T>) {
    out += "{";
    bool first = true;
    value.visit_fields([&out, &first](std::string_view name, const auto& field) {
      out += first ? "\"" : ", \"";
      first = false;
      out += name;
      out += "\": ";
      append_description(out, field);
    });
    out += "}";
  } else if constexpr (detail::IsMap<T>) {
    out += "{";
    bool first = true;
    for (const auto& [key, item] : value) {
      out += first ? "" : ", ";
      first = false;
      std::string key_text;
      append_description(key_text, key);
      detail::append_key(out, key_text);
      out += ": ";
      append_description(out, item);
    }
    out += "}";
  } else if constexpr (detail::IsRange<T>) {
    out += "[";
    bool first = true;
    for (const typename T::value_type& item : value) {
      out += first ? "" : ", ";
      first = false;
      append_description(out, item);
    }
    out += "]";
  } else {
    static_assert(detail::no_walk<T>,
                  "give this type a KSCOPE_FIELDS line; pointers and floats have no place in state");
  }
}

/// The text form of a value and everything inside it, as append_description() writes it.
template <class T>
[[nodiscard]] std::string describe(const T& value) {
  std::string out;
  append_description(out, value);
  return out;
}

}  // namespace kscope
