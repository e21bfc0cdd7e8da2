#pragma once
// Sorted vectors used as map and as set: iteration is in key order on every machine, copying is a vector copy, and small
// ones beat trees. Finding is O(log n), inserting and erasing O(n). Pointers and iterators are invalid after a change.

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "engine/core/check.h"

namespace kscope {

template <class K, class V>
class FlatMap {
 public:
  using key_type = K;
  using mapped_type = V;
  using value_type = std::pair<K, V>;
  using iterator = typename std::vector<value_type>::iterator;
  using const_iterator = typename std::vector<value_type>::const_iterator;

  FlatMap() = default;
  FlatMap(std::initializer_list<value_type> items) {
    for (const value_type& item : items) {
      insert_or_assign(item.first, item.second);
    }
  }

  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  void clear() { items_.clear(); }
  void reserve(std::size_t n) { items_.reserve(n); }
  iterator begin() { return items_.begin(); }
  iterator end() { return items_.end(); }
  const_iterator begin() const { return items_.begin(); }
  const_iterator end() const { return items_.end(); }

  /// First entry whose key is not less than `key`.
  iterator lower_bound(const K& key) { return std::lower_bound(items_.begin(), items_.end(), key, before); }
  const_iterator lower_bound(const K& key) const { return std::lower_bound(items_.begin(), items_.end(), key, before); }
  /// First entry whose key is greater than `key`.
  iterator upper_bound(const K& key) { return std::upper_bound(items_.begin(), items_.end(), key, after); }
  const_iterator upper_bound(const K& key) const { return std::upper_bound(items_.begin(), items_.end(), key, after); }
  iterator find(const K& key) {
    const iterator at = lower_bound(key);
    return at != end() && !(key < at->first) ? at : end();
  }
  const_iterator find(const K& key) const {
    const const_iterator at = lower_bound(key);
    return at != end() && !(key < at->first) ? at : end();
  }
  [[nodiscard]] bool contains(const K& key) const { return find(key) != end(); }
  [[nodiscard]] std::size_t count(const K& key) const { return contains(key) ? 1 : 0; }

  /// The value of `key`, or nullptr.
  V* get(const K& key) {
    const iterator at = find(key);
    return at == end() ? nullptr : &at->second;
  }
  const V* get(const K& key) const {
    const const_iterator at = find(key);
    return at == end() ? nullptr : &at->second;
  }
  /// The value of `key`. Requires: it is there.
  V& at(const K& key) {
    V* value = get(key);
    KSCOPE_CHECK(value != nullptr, "no such key in a FlatMap");
    return *value;
  }
  const V& at(const K& key) const {
    const V* value = get(key);
    KSCOPE_CHECK(value != nullptr, "no such key in a FlatMap");
    return *value;
  }
  /// The value of `key`, made with V{} if it was not there.
  V& operator[](const K& key) { return try_emplace(key).first->second; }

  template <class... Args>
  std::pair<iterator, bool> try_emplace(const K& key, Args&&... args) {
    const iterator at = lower_bound(key);
    if (at != end() && !(key < at->first)) {
      return {at, false};
    }
    return {items_.insert(at, value_type(key, V(std::forward<Args>(args)...))), true};
  }
  template <class Value>
  std::pair<iterator, bool> insert_or_assign(const K& key, Value&& value) {
    const iterator at = lower_bound(key);
    if (at != end() && !(key < at->first)) {
      at->second = std::forward<Value>(value);
      return {at, false};
    }
    return {items_.insert(at, value_type(key, std::forward<Value>(value))), true};
  }
  iterator erase(const_iterator at) { return items_.erase(at); }
  iterator erase(const_iterator first, const_iterator last) { return items_.erase(first, last); }
  /// Removes `key`; returns how many entries went (0 or 1).
  std::size_t erase(const K& key) {
    const iterator at = find(key);
    if (at == end()) {
      return 0;
    }
    items_.erase(at);
    return 1;
  }
  /// Removes every entry for which `predicate(key, value)` holds; returns how many.
  template <class Predicate>
  std::size_t erase_if(Predicate predicate) {
    return std::erase_if(items_, [&](const value_type& item) { return predicate(item.first, item.second); });
  }

  bool operator==(const FlatMap&) const = default;

 private:
  static bool before(const value_type& item, const K& key) { return item.first < key; }
  static bool after(const K& key, const value_type& item) { return key < item.first; }

  std::vector<value_type> items_;  // sorted by key, keys unique; callers must not change keys through iterators
};

template <class K>
class FlatSet {
 public:
  using key_type = K;
  using value_type = K;
  using const_iterator = typename std::vector<K>::const_iterator;
  using iterator = const_iterator;

  FlatSet() = default;
  FlatSet(std::initializer_list<K> keys) : FlatSet(keys.begin(), keys.end()) {}
  template <class It>
  FlatSet(It first, It last) : keys_(first, last) {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  }

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  void clear() { keys_.clear(); }
  void reserve(std::size_t n) { keys_.reserve(n); }
  const_iterator begin() const { return keys_.begin(); }
  const_iterator end() const { return keys_.end(); }
  const K& operator[](std::size_t index) const {
    KSCOPE_CHECK(index < keys_.size(), "index beyond the end of a FlatSet");
    return keys_[index];
  }
  const_iterator lower_bound(const K& key) const { return std::lower_bound(keys_.begin(), keys_.end(), key); }
  [[nodiscard]] bool contains(const K& key) const { return std::binary_search(keys_.begin(), keys_.end(), key); }
  [[nodiscard]] std::size_t count(const K& key) const { return contains(key) ? 1 : 0; }

  /// Adds `key`; true if it is new.
  bool insert(const K& key) {
    const const_iterator at = lower_bound(key);
    if (at != end() && !(key < *at)) {
      return false;
    }
    keys_.insert(at, key);
    return true;
  }
  /// Removes `key`; returns how many went (0 or 1).
  std::size_t erase(const K& key) {
    const const_iterator at = lower_bound(key);
    if (at == end() || key < *at) {
      return 0;
    }
    keys_.erase(at);
    return 1;
  }
  const_iterator erase(const_iterator at) { return keys_.erase(at); }

  bool operator==(const FlatSet&) const = default;

 private:
  std::vector<K> keys_;  // sorted, unique
};

}  // namespace kscope
