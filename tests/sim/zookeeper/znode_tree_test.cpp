#include "sim/zookeeper/znode_tree.h"

#include <gtest/gtest.h>

#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::znode_tree_test {
namespace {

ZnodeData number(std::int32_t n) {
  ZnodeData data;
  data.number = n;
  return data;
}

TEST(ZnodeTree, CreateNeedsItsParentAndAFreePath) {
  ZnodeTree tree;
  EXPECT_EQ(tree.check(zk::create("/a/b")), ZkCode::kNoNode);
  EXPECT_EQ(tree.check(zk::create("/a")), ZkCode::kOk);
  tree.apply(zk::create("/a"), Zxid{1}, SessionId{});
  EXPECT_EQ(tree.check(zk::create("/a")), ZkCode::kNodeExists);
  EXPECT_EQ(tree.check(zk::create("/a/b")), ZkCode::kOk);
}

TEST(ZnodeTree, EphemeralZnodesHaveNoChildren) {
  ZnodeTree tree;
  tree.apply(zk::create("/controller", {}, ZkCreateMode::kEphemeral), Zxid{1}, SessionId{7});
  EXPECT_EQ(tree.check(zk::create("/controller/x")), ZkCode::kNoChildrenForEphemerals);
  EXPECT_EQ(tree.ephemerals_of(SessionId{7}), std::vector<std::string>{"/controller"});
  EXPECT_TRUE(tree.ephemerals_of(SessionId{8}).empty());
}

TEST(ZnodeTree, SetDataRaisesTheVersionAndChecksIt) {
  ZnodeTree tree;
  tree.apply(zk::create("/a", number(1)), Zxid{1}, SessionId{});
  EXPECT_EQ(tree.check(zk::set_data("/a", number(2), ZnodeVersion{1})), ZkCode::kBadVersion);
  EXPECT_EQ(tree.check(zk::set_data("/a", number(2), ZnodeVersion{0})), ZkCode::kOk);
  tree.apply(zk::set_data("/a", number(2), ZnodeVersion{0}), Zxid{2}, SessionId{});
  EXPECT_EQ(tree.find("/a")->version, ZnodeVersion{1});
  EXPECT_EQ(tree.find("/a")->czxid, Zxid{1});
  EXPECT_EQ(tree.find("/a")->mzxid, Zxid{2});
  EXPECT_EQ(tree.check(zk::set_data("/a", number(3), ZnodeVersion{-1})), ZkCode::kOk);
}

TEST(ZnodeTree, DeleteNeedsAnEmptyZnode) {
  ZnodeTree tree;
  tree.apply(zk::create("/a"), Zxid{1}, SessionId{});
  tree.apply(zk::create("/a/b"), Zxid{2}, SessionId{});
  EXPECT_EQ(tree.check(zk::remove("/a", ZnodeVersion{-1})), ZkCode::kNotEmpty);
  tree.apply(zk::remove("/a/b", ZnodeVersion{-1}), Zxid{3}, SessionId{});
  EXPECT_EQ(tree.check(zk::remove("/a", ZnodeVersion{-1})), ZkCode::kOk);
}

TEST(ZnodeTree, ChildrenAreNamesOfTheNextLevelOnly) {
  ZnodeTree tree;
  std::int64_t zxid = 1;
  for (const char* path : {"/t", "/t/a", "/t/a/x", "/t/a/x/y", "/t/a-b", "/t/a0", "/t/b", "/u"}) {
    tree.apply(zk::create(path), Zxid{zxid++}, SessionId{});
  }
  EXPECT_EQ(tree.children("/t"), (std::vector<std::string>{"a", "a-b", "a0", "b"}));
  EXPECT_EQ(tree.children("/"), (std::vector<std::string>{"t", "u"}));
  EXPECT_TRUE(tree.children("/u").empty());
}

}  // namespace
}  // namespace kscope::sim::znode_tree_test
