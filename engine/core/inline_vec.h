#pragma once
// A vector that keeps its first N elements inside itself and moves to the heap when it grows beyond them. For the short
// lists inside messages and effects, where a heap block per message would cost more than the message. Regular value;
// element addresses change when it grows or is moved, as with std::vector.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "engine/core/check.h"

namespace kscope {

template <class T, std::size_t N>
class InlineVec {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  InlineVec() {}  // NOLINT(modernize-use-equals-default): the storage stays as it is, without a constructor run
  InlineVec(std::initializer_list<T> items) { append(items.begin(), items.end()); }
  template <std::input_iterator It>
  InlineVec(It first, It last) {
    append(first, last);
  }
  InlineVec(const InlineVec& other) { append(other.begin(), other.end()); }
  InlineVec(InlineVec&& other) noexcept { take(other); }
  InlineVec& operator=(const InlineVec& other) {
    if (this != &other) {
      clear();
      append(other.begin(), other.end());
    }
    return *this;
  }
  InlineVec& operator=(InlineVec&& other) noexcept {
    if (this != &other) {
      release();
      take(other);
    }
    return *this;
  }
  ~InlineVec() { release(); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool is_inline() const { return heap_ == nullptr; }
  [[nodiscard]] T* data() { return heap_ != nullptr ? heap_ : inline_data(); }
  [[nodiscard]] const T* data() const { return heap_ != nullptr ? heap_ : inline_data(); }
  iterator begin() { return data(); }
  iterator end() { return data() + size_; }
  const_iterator begin() const { return data(); }
  const_iterator end() const { return data() + size_; }

  T& operator[](std::size_t index) {
    KSCOPE_CHECK(index < size_, "index beyond the end of an InlineVec");
    return data()[index];
  }
  const T& operator[](std::size_t index) const {
    KSCOPE_CHECK(index < size_, "index beyond the end of an InlineVec");
    return data()[index];
  }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - std::size_t{1}]; }
  const T& back() const { return (*this)[size_ - std::size_t{1}]; }

  void reserve(std::size_t wanted) {
    if (wanted > capacity_) {
      grow_to(wanted);
    }
  }
  template <class... Args>
  T& emplace_back(Args&&... args) {
    if (size_ == capacity_) {
      T made(std::forward<Args>(args)...);  // before growing: an argument may lie inside this vector
      grow_to(std::size_t{capacity_} * 2);
      return *std::construct_at(data() + size_++, std::move(made));
    }
    T* place = std::construct_at(data() + size_, std::forward<Args>(args)...);
    ++size_;
    return *place;
  }
  void push_back(const T& item) { emplace_back(item); }
  void push_back(T&& item) { emplace_back(std::move(item)); }
  void pop_back() {
    KSCOPE_CHECK(size_ > 0, "pop_back of an empty InlineVec");
    --size_;
    std::destroy_at(data() + size_);
  }
  void clear() {
    std::destroy(begin(), end());
    size_ = 0;
  }
  void resize(std::size_t wanted) {
    reserve(wanted);
    while (size_ < wanted) {
      emplace_back();
    }
    while (size_ > wanted) {
      pop_back();
    }
  }
  /// Removes [first, last); returns the place after it. Cost: O(elements behind).
  iterator erase(const_iterator first, const_iterator last) {
    iterator to = begin() + (first - begin());
    T* const new_end = std::move(begin() + (last - begin()), end(), to);
    std::destroy(new_end, end());
    size_ = static_cast<std::uint32_t>(new_end - begin());
    return to;
  }
  iterator erase(const_iterator place) { return erase(place, place + 1); }
  /// Inserts before `place`. Cost: O(elements behind).
  iterator insert(const_iterator place, T item) {
    const auto index = place - begin();
    emplace_back(std::move(item));
    std::rotate(begin() + index, end() - 1, end());
    return begin() + index;
  }
  template <std::input_iterator It>
  void append(It first, It last) {
    if constexpr (std::forward_iterator<It>) {
      reserve(size_ + static_cast<std::size_t>(std::distance(first, last)));
    }
    for (; first != last; ++first) {
      emplace_back(*first);
    }
  }

  friend bool operator==(const InlineVec& x, const InlineVec& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  }

 private:
  static_assert(N > 0, "use std::vector when nothing shall be kept inside");

  T* inline_data() { return std::launder(reinterpret_cast<T*>(bytes_)); }
  const T* inline_data() const { return std::launder(reinterpret_cast<const T*>(bytes_)); }

  void grow_to(std::size_t wanted) {
    const std::size_t target = std::max<std::size_t>(wanted, std::size_t{capacity_} * 2);
    KSCOPE_CHECK(target <= 0xFFFFFFFFu, "an InlineVec of this length is a mistake");
    T* fresh = std::allocator<T>().allocate(target);
    std::uninitialized_move(begin(), end(), fresh);
    std::destroy(begin(), end());
    if (heap_ != nullptr) {
      std::allocator<T>().deallocate(heap_, capacity_);
    }
    heap_ = fresh;
    capacity_ = static_cast<std::uint32_t>(target);
  }
  void release() {
    clear();
    if (heap_ != nullptr) {
      std::allocator<T>().deallocate(heap_, capacity_);
      heap_ = nullptr;
      capacity_ = N;
    }
  }
  /// Requires: this vector is empty and inline.
  void take(InlineVec& other) {
    if (other.heap_ != nullptr) {
      heap_ = std::exchange(other.heap_, nullptr);
      capacity_ = std::exchange(other.capacity_, static_cast<std::uint32_t>(N));
      size_ = std::exchange(other.size_, 0u);
      return;
    }
    std::uninitialized_move(other.begin(), other.end(), inline_data());
    size_ = other.size_;
    other.clear();
  }

  T* heap_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = N;
  alignas(T) std::byte bytes_[N * sizeof(T)];
};

}  // namespace kscope
