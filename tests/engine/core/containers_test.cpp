// InlineVec, FlatMap, FlatSet, Chunked and FreeList against the obvious std containers.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/chunked.h"
#include "engine/core/flat_map.h"
#include "engine/core/free_list.h"
#include "engine/core/inline_vec.h"
#include "engine/core/rng.h"

namespace kscope::containers_test {
namespace {

TEST(InlineVec, BehavesLikeAVectorAcrossTheSpill) {
  Rng rng(1, 0);
  InlineVec<std::string, 3> tested;
  std::vector<std::string> model;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t what = rng.below(8);
    if (what < 3) {
      tested.push_back("item number " + std::to_string(i));
      model.push_back("item number " + std::to_string(i));
    } else if (what == 3 && !model.empty()) {
      tested.pop_back();
      model.pop_back();
    } else if (what == 4 && !model.empty()) {
      const auto index = static_cast<std::ptrdiff_t>(rng.below(model.size()));
      tested.erase(tested.begin() + index);
      model.erase(model.begin() + index);
    } else if (what == 5) {
      const auto index = static_cast<std::ptrdiff_t>(rng.below(model.size() + 1));
      tested.insert(tested.begin() + index, "x");
      model.insert(model.begin() + index, "x");
    } else if (what == 6) {
      InlineVec<std::string, 3> copy = tested;
      InlineVec<std::string, 3> moved = std::move(copy);
      tested = moved;
      tested = std::move(moved);
    } else if (model.size() > 12) {
      tested.clear();
      model.clear();
    }
    ASSERT_TRUE(std::equal(tested.begin(), tested.end(), model.begin(), model.end())) << "step " << i;
  }
}

TEST(InlineVec, StaysInsideUpToItsSize) {
  InlineVec<int, 4> items{1, 2, 3, 4};
  EXPECT_TRUE(items.is_inline());
  items.push_back(items[0]);
  EXPECT_FALSE(items.is_inline());
  EXPECT_EQ(items.back(), 1);
  EXPECT_EQ(items, (InlineVec<int, 4>{1, 2, 3, 4, 1}));
}

TEST(FlatMap, BehavesLikeAMap) {
  Rng rng(2, 0);
  FlatMap<int, int> tested;
  std::map<int, int> model;
  for (int i = 0; i < 20000; ++i) {
    const int key = static_cast<int>(rng.below(50));
    const std::uint64_t what = rng.below(4);
    if (what == 0) {
      tested[key] = i;
      model[key] = i;
    } else if (what == 1) {
      EXPECT_EQ(tested.erase(key), model.erase(key));
    } else if (what == 2) {
      EXPECT_EQ(tested.try_emplace(key, i).second, model.try_emplace(key, i).second);
    } else {
      EXPECT_EQ(tested.contains(key), model.count(key) == 1);
    }
    ASSERT_TRUE(std::equal(tested.begin(), tested.end(), model.begin(), model.end(),
                           [](const auto& x, const auto& y) { return x.first == y.first && x.second == y.second; }));
  }
  EXPECT_EQ(tested.get(1000), nullptr);
  EXPECT_EQ(tested.erase_if([](int, int) { return true; }), model.size());
}

TEST(FlatSet, IsSortedAndUnique) {
  FlatSet<int> set{3, 1, 2, 3};
  EXPECT_EQ(set.size(), 3u);
  EXPECT_FALSE(set.insert(2));
  EXPECT_TRUE(set.insert(0));
  EXPECT_EQ(set[0], 0);
  EXPECT_EQ(set.erase(9), 0u);
  EXPECT_EQ(set.erase(3), 1u);
  EXPECT_EQ(set, (FlatSet<int>{2, 1, 0}));
}

TEST(Chunked, BehavesLikeAVectorWithCutsAtBothEnds) {
  Rng rng(3, 0);
  Chunked<int, 8> tested;
  std::vector<int> model;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t what = rng.below(20);
    if (what < 16) {
      tested.push_back(i);
      model.push_back(i);
    } else if (what == 16) {
      const auto count = static_cast<std::size_t>(rng.below(std::min<std::size_t>(model.size(), 20) + 1));
      tested.drop_front(count);
      model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(count));
    } else if (what == 17) {
      const auto count = static_cast<std::size_t>(rng.below(std::min<std::size_t>(model.size(), 20) + 1));
      tested.truncate_from_end(count);
      model.resize(model.size() - count);
    } else if (what == 18) {
      Chunked<int, 8> copy = tested;
      copy.push_back(-1);
      ASSERT_EQ(copy.size(), tested.size() + 1);
    }
    ASSERT_EQ(tested.size(), model.size());
    ASSERT_TRUE(std::equal(tested.begin(), tested.end(), model.begin(), model.end())) << "step " << i;
  }
}

TEST(Chunked, CopiesShareSealedChunksAndCanBeSearched) {
  Chunked<int, 8> items;
  for (int i = 0; i < 1000; ++i) {
    items.push_back(i * 2);
  }
  EXPECT_EQ(items.sealed_chunks(), 125u);
  const Chunked<int, 8> copy = items;
  EXPECT_EQ(&copy[5], &items[5]) << "the copy looks at the same chunk";
  EXPECT_EQ(*std::lower_bound(items.begin(), items.end(), 777), 778);
  EXPECT_EQ(copy, items);
}

TEST(FreeList, GivesTheLastFreedFirstWhateverItsSize) {
  Rng rng(3, 0);
  FreeList tested;
  std::vector<std::uint32_t> model;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    if (rng.below(5) < 3) {
      tested.put(i);
      model.push_back(i);
    } else if (!model.empty()) {
      ASSERT_EQ(tested.take(), model.back()) << "step " << i;
      model.pop_back();
    }
    ASSERT_EQ(tested.size(), model.size());
    ASSERT_EQ(tested.empty(), model.empty());
  }
}

}  // namespace
}  // namespace kscope::containers_test
