#pragma once
// The answer of everything that reads input from outside: a value, or an error with text, file and line that a person can
// act on. Protocol errors are data and broken assumptions are checks; neither comes here. There are no exceptions.

#include <string>
#include <utility>
#include <variant>

#include "engine/core/check.h"

namespace kscope {

struct Error {
  std::string text;
  std::string file;  // empty: no file involved
  int line = 0;      // 0: no line known

  bool operator==(const Error&) const = default;
};

/// "file:line: text", leaving out what is not known.
inline std::string to_string(const Error& error) {
  if (error.file.empty()) {
    return error.text;
  }
  std::string place = error.file;
  if (error.line > 0) {
    place += ":" + std::to_string(error.line);
  }
  return place + ": " + error.text;
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// The value. Requires has_value().
  [[nodiscard]] const T& value() const& {
    KSCOPE_CHECK(has_value(), "look at error() first");
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T& value() & {
    KSCOPE_CHECK(has_value(), "look at error() first");
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] T&& value() && {
    KSCOPE_CHECK(has_value(), "look at error() first");
    return std::move(*std::get_if<0>(&content_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  /// The error. Requires !has_value().
  [[nodiscard]] const Error& error() const {
    KSCOPE_CHECK(!has_value(), "there is a value, not an error");
    return *std::get_if<1>(&content_);
  }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  [[nodiscard]] bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const {
    KSCOPE_CHECK(failed_, "there is no error");
    return error_;
  }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace kscope
