#pragma once
// CopyOnWrite: a value that its copies share until one of them changes it. For parts of the world that are large and rarely
// change, so that checkpoints cost next to nothing for them.

#include <memory>
#include <utility>

namespace kscope {

template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() : value_(std::make_shared<T>()) {}
  explicit CopyOnWrite(T value) : value_(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  /// For changing it. Cost: a copy when somebody shares it, else none.
  T& write() {
    if (value_.use_count() != 1) {
      value_ = std::make_shared<T>(*value_);
    }
    return *value_;
  }
  friend bool operator==(const CopyOnWrite& x, const CopyOnWrite& y) { return x.value_ == y.value_ || *x == *y; }

 private:
  std::shared_ptr<T> value_;  // never null, except in one that was moved from
};

}  // namespace kscope
