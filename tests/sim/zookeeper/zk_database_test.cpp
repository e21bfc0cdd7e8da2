#include "sim/zookeeper/zk_database.h"

#include <gtest/gtest.h>

#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::zk_database_test {
namespace {

/// A database with one open session, number 1.
ZkDatabase with_session() {
  ZkDatabase database;
  ZkTransaction open;
  open.zxid = Zxid{1};
  open.opens_session = true;
  open.client = NodeId{9};
  open.session_timeout = 6s;
  (void)database.apply(open);
  return database;
}

ZkTransaction write(std::int64_t zxid, std::vector<ZkOperation> operations) {
  ZkTransaction transaction;
  transaction.zxid = Zxid{zxid};
  transaction.session = SessionId{1};
  transaction.operations = std::move(operations);
  return transaction;
}

TEST(ZkDatabase, MultiIsAllOrNothing) {
  ZkDatabase database = with_session();
  const ZkApplied applied =
      database.apply(write(2, {zk::create("/a"), zk::create("/a/b"), zk::check("/a", ZnodeVersion{7})}));
  EXPECT_EQ(applied.response.code, ZkCode::kBadVersion);
  EXPECT_EQ(applied.response.results[0].code, ZkCode::kOk);
  EXPECT_EQ(applied.response.results[2].code, ZkCode::kBadVersion);
  EXPECT_TRUE(applied.writes.empty());
  EXPECT_EQ(database.tree.find("/a"), nullptr);
}

TEST(ZkDatabase, MultiSeesItsOwnEarlierWrites) {
  ZkDatabase database = with_session();
  EXPECT_EQ(database.apply(write(2, {zk::create("/a"), zk::create("/a/b")})).response.code, ZkCode::kOk);
  EXPECT_NE(database.tree.find("/a/b"), nullptr);
}

TEST(ZkDatabase, ClosingASessionDeletesItsEphemeralZnodes) {
  ZkDatabase database = with_session();
  (void)database.apply(write(2, {zk::create("/mine", {}, ZkCreateMode::kEphemeral), zk::create("/ours")}));
  ZkTransaction close = write(3, {});
  close.closes_session = true;
  const ZkApplied applied = database.apply(close);
  ASSERT_EQ(applied.writes.size(), 1U);
  EXPECT_EQ(applied.writes[0].second, "/mine");
  EXPECT_EQ(database.tree.find("/mine"), nullptr);
  EXPECT_NE(database.tree.find("/ours"), nullptr);
  EXPECT_TRUE(database.sessions.empty());
}

TEST(ZkDatabase, WritesOfASessionThatIsOverChangeNothing) {
  ZkDatabase database = with_session();
  ZkTransaction close = write(2, {});
  close.closes_session = true;
  (void)database.apply(close);
  EXPECT_EQ(database.apply(write(3, {zk::create("/a")})).response.code, ZkCode::kSessionExpired);
  EXPECT_EQ(database.tree.find("/a"), nullptr);
}

TEST(WatchTable, AWatchGoesOffOnce) {
  WatchTable watches;
  watches.add(ZkOp::kGetChildren, "/brokers/ids", NodeId{5});
  watches.add(ZkOp::kExists, "/controller", NodeId{6});
  const std::vector<TriggeredWatch> children = watches.trigger(ZkOp::kCreate, "/brokers/ids/1");
  ASSERT_EQ(children.size(), 1U);
  EXPECT_EQ(children[0].client, NodeId{5});
  EXPECT_EQ(children[0].event.kind, ZkWatchKind::kChildrenChanged);
  EXPECT_EQ(children[0].event.path, "/brokers/ids");
  EXPECT_TRUE(watches.trigger(ZkOp::kCreate, "/brokers/ids/2").empty());
  EXPECT_EQ(watches.trigger(ZkOp::kCreate, "/controller").size(), 1U);
  EXPECT_EQ(watches.size(), 0U);
}

TEST(WatchTable, WatchesGoWithTheConnection) {
  WatchTable watches;
  watches.add(ZkOp::kGetData, "/a", NodeId{5});
  watches.remove_client(NodeId{5});
  EXPECT_TRUE(watches.trigger(ZkOp::kSetData, "/a").empty());
}

}  // namespace
}  // namespace kscope::sim::zk_database_test
