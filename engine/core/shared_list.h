#pragma once
// A list that never changes once it is made, so copies share it: for what travels in messages, is queued, parked and
// answered, and would else be copied at every station. Regular value; compares and walks by its elements, as a vector.

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "engine/core/check.h"

namespace kscope {

template <class T>
class SharedList {
 public:
  using value_type = T;
  using const_iterator = const T*;

  SharedList() = default;
  /// Takes the elements over. Implicit, so that a list is built as a vector and then becomes one.
  SharedList(std::vector<T> items)
      : items_(items.empty() ? nullptr : std::make_shared<const std::vector<T>>(std::move(items))) {}
  SharedList(std::initializer_list<T> items) : SharedList(std::vector<T>(items)) {}

  [[nodiscard]] std::size_t size() const { return items_ == nullptr ? 0 : items_->size(); }
  [[nodiscard]] bool empty() const { return items_ == nullptr; }
  [[nodiscard]] const_iterator begin() const { return items_ == nullptr ? nullptr : items_->data(); }
  [[nodiscard]] const_iterator end() const { return items_ == nullptr ? nullptr : items_->data() + items_->size(); }
  /// Requires: index < size().
  const T& operator[](std::size_t index) const {
    KSCOPE_CHECK(index < size(), "index beyond the end of a SharedList");
    return (*items_)[index];
  }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size() - 1]; }

  friend bool operator==(const SharedList& x, const SharedList& y) {
    return x.items_ == y.items_ || std::equal(x.begin(), x.end(), y.begin(), y.end());
  }

 private:
  std::shared_ptr<const std::vector<T>> items_;  // never empty; nullptr = no elements
};

}  // namespace kscope
