#pragma once
// A long sequence that is appended to at the end, cut at the end and dropped from the front, and that many copies of the
// world share: full chunks are sealed, immutable and shared between copies; only the unfinished tail is copied by value.
// Copying costs O(chunks), appending O(1), indexing O(1). Elements never change after they were appended.

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "engine/core/check.h"

namespace kscope {

template <class T, std::size_t ChunkSize = 64>
class Chunked {
 public:
  using value_type = T;

  /// Random access, read only. Invalid after any change.
  class const_iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    const_iterator() = default;
    const_iterator(const Chunked* owner, std::size_t index) : owner_(owner), index_(index) {}
    reference operator*() const { return (*owner_)[index_]; }
    pointer operator->() const { return &(*owner_)[index_]; }
    reference operator[](difference_type n) const { return *(*this + n); }
    const_iterator& operator++() { return *this += 1; }
    const_iterator& operator--() { return *this += -1; }
    const_iterator operator++(int) {
      const_iterator old = *this;
      ++*this;
      return old;
    }
    const_iterator operator--(int) {
      const_iterator old = *this;
      --*this;
      return old;
    }
    const_iterator& operator+=(difference_type n) {
      index_ = static_cast<std::size_t>(static_cast<difference_type>(index_) + n);
      return *this;
    }
    const_iterator& operator-=(difference_type n) { return *this += -n; }
    friend const_iterator operator+(const_iterator it, difference_type n) { return it += n; }
    friend const_iterator operator+(difference_type n, const_iterator it) { return it += n; }
    friend const_iterator operator-(const_iterator it, difference_type n) { return it += -n; }
    friend difference_type operator-(const const_iterator& x, const const_iterator& y) {
      return static_cast<difference_type>(x.index_) - static_cast<difference_type>(y.index_);
    }
    bool operator==(const const_iterator& other) const { return index_ == other.index_; }
    auto operator<=>(const const_iterator& other) const { return index_ <=> other.index_; }

   private:
    const Chunked* owner_ = nullptr;
    std::size_t index_ = 0;
  };

  [[nodiscard]] std::size_t size() const { return sealed_.size() * ChunkSize + tail_.size() - skip_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  const_iterator begin() const { return const_iterator(this, 0); }
  const_iterator end() const { return const_iterator(this, size()); }

  /// The element at `index`, counted from the first one that is still there. Requires index < size().
  const T& operator[](std::size_t index) const {
    KSCOPE_CHECK(index < size(), "index beyond the end of a Chunked");
    const std::size_t place = index + skip_;
    const std::size_t chunk = place / ChunkSize;
    return chunk < sealed_.size() ? (*sealed_[chunk])[place % ChunkSize] : tail_[place - sealed_.size() * ChunkSize];
  }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size() - 1]; }

  void push_back(T item) {
    tail_.push_back(std::move(item));
    if (tail_.size() == ChunkSize) {
      sealed_.push_back(std::make_shared<const std::vector<T>>(std::move(tail_)));
      tail_ = {};
      tail_.reserve(ChunkSize);  // what has filled one chunk will likely fill the next
    }
  }

  /// Keeps the first `count` elements. Requires count <= size(). Cost: O(chunks cut) and one chunk copied.
  void truncate(std::size_t count) {
    KSCOPE_CHECK(count <= size(), "cannot keep more elements than there are");
    if (count == 0) {
      clear();
      return;
    }
    const std::size_t keep = count + skip_;
    if (keep < sealed_.size() * ChunkSize) {
      const std::shared_ptr<const std::vector<T>> opened = sealed_[keep / ChunkSize];
      sealed_.resize(keep / ChunkSize);
      tail_.assign(opened->begin(), opened->begin() + static_cast<std::ptrdiff_t>(keep % ChunkSize));
      return;
    }
    tail_.erase(tail_.begin() + static_cast<std::ptrdiff_t>(keep - sealed_.size() * ChunkSize), tail_.end());
  }
  /// Removes the last `count` elements. Requires count <= size().
  void truncate_from_end(std::size_t count) {
    KSCOPE_CHECK(count <= size(), "cannot remove more elements than there are");
    truncate(size() - count);
  }
  /// Removes the first `count` elements; the next one becomes index 0. Requires count <= size(). Cost: O(chunks).
  void drop_front(std::size_t count) {
    KSCOPE_CHECK(count <= size(), "cannot drop more elements than there are");
    if (count == size()) {
      clear();
      return;
    }
    skip_ += count;
    const std::size_t whole = std::min(skip_ / ChunkSize, sealed_.size());
    sealed_.erase(sealed_.begin(), sealed_.begin() + static_cast<std::ptrdiff_t>(whole));
    skip_ -= whole * ChunkSize;
    if (sealed_.empty() && skip_ > 0) {
      tail_.erase(tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(skip_));
      skip_ = 0;
    }
  }
  void clear() {
    sealed_.clear();
    tail_.clear();
    skip_ = 0;
  }

  /// Number of sealed chunks: what a copy costs, and what it shares.
  [[nodiscard]] std::size_t sealed_chunks() const { return sealed_.size(); }

  friend bool operator==(const Chunked& x, const Chunked& y) {
    return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin());
  }

 private:
  static_assert(ChunkSize > 0);

  std::vector<std::shared_ptr<const std::vector<T>>> sealed_;  // each holds exactly ChunkSize elements
  std::vector<T> tail_;                                        // fewer than ChunkSize
  std::size_t skip_ = 0;  // dropped elements still inside the first chunk; below ChunkSize
};

}  // namespace kscope
