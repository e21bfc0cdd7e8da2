#include "sim/scenario/action_verbs.h"

#include <array>

#include "engine/core/check.h"

namespace kscope::scenario {
namespace {

constexpr Param kNode[] = {{"node", ParamKind::kAnyNode}};
constexpr Param kBroker[] = {{"node", ParamKind::kBroker}};
constexpr Param kProducer[] = {{"node", ParamKind::kProducer}};
constexpr Param kConsumer[] = {{"node", ParamKind::kConsumer}};
constexpr Param kServer[] = {{"node", ParamKind::kServer}};
constexpr Param kClient[] = {{"node", ParamKind::kClient}};
constexpr Param kNodeMaybeTime[] = {{"node", ParamKind::kAnyNode}, {"duration", ParamKind::kDuration, true}};
constexpr Param kNodeFactor[] = {{"node", ParamKind::kAnyNode}, {"factor", ParamKind::kFactor}};
constexpr Param kLink[] = {{"node", ParamKind::kAnyNode}, {"peer", ParamKind::kPeer}};
constexpr Param kLinkTime[] = {
    {"node", ParamKind::kAnyNode}, {"peer", ParamKind::kPeer}, {"duration", ParamKind::kDuration}};
constexpr Param kLinkBandwidth[] = {
    {"node", ParamKind::kAnyNode}, {"peer", ParamKind::kPeer}, {"bandwidth", ParamKind::kBandwidth}};
constexpr Param kLinkPercent[] = {
    {"node", ParamKind::kAnyNode}, {"peer", ParamKind::kPeer}, {"percent", ParamKind::kPercent}};
constexpr Param kMessage[] = {{"message", ParamKind::kMessage}};
constexpr Param kServerFactor[] = {{"node", ParamKind::kServer}, {"factor", ParamKind::kFactor}};
constexpr Param kNodeStep[] = {{"node", ParamKind::kAnyNode}, {"duration", ParamKind::kSignedDuration}};
constexpr Param kNodePpm[] = {{"node", ParamKind::kAnyNode}, {"ppm", ParamKind::kPpm}};
constexpr Param kCreate[] = {{"topic", ParamKind::kNewTopic},
                             {"partitions", ParamKind::kPartitionCount, true},
                             {"replication.factor", ParamKind::kReplicationFactor, true}};
constexpr Param kMorePartitions[] = {{"topic", ParamKind::kTopic}, {"partitions", ParamKind::kPartitionCount}};
constexpr Param kQuota[] = {
    {"client.id", ParamKind::kClientId}, {"name", ParamKind::kQuotaName}, {"value", ParamKind::kQuotaValue}};
constexpr Param kTopic[] = {{"topic", ParamKind::kTopic}};
constexpr Param kMaybePartition[] = {{"partition", ParamKind::kPartition, true}};
constexpr Param kPartition[] = {{"partition", ParamKind::kPartition}};
constexpr Param kMove[] = {{"partition", ParamKind::kPartition}, {"brokers", ParamKind::kBrokerList}};
constexpr Param kDelete[] = {{"partition", ParamKind::kPartition}, {"before", ParamKind::kBeforeOffset, true}};
constexpr Param kSetConfig[] = {
    {"of", ParamKind::kConfigured}, {"name", ParamKind::kConfigName}, {"value", ParamKind::kConfigValue}};
constexpr Param kConsumerMaybeTime[] = {{"node", ParamKind::kConsumer}, {"duration", ParamKind::kDuration, true}};
constexpr Param kNodeRate[] = {{"node", ParamKind::kProducer}, {"rate", ParamKind::kRate}};
constexpr Param kNodeKey[] = {{"node", ParamKind::kProducer}, {"key", ParamKind::kKey, true}};

constexpr Param kNewSubscription[] = {{"node", ParamKind::kConsumerOrGroup}, {"topics", ParamKind::kTopicList}};
constexpr Param kConsumerPartition[] = {{"node", ParamKind::kConsumer}, {"partition", ParamKind::kPartition}};
constexpr Param kNewPosition[] = {
    {"node", ParamKind::kConsumer}, {"partition", ParamKind::kPartition}, {"offset", ParamKind::kSeekOffset}};

constexpr std::array<VerbDef, kVerbCount> kDefs = {{
    {{Verb::kCrash, "crash", "crash NODE", "The process is killed (kill -9). What it wrote stays in the page cache."},
     kNode},
    {{Verb::kPowerLoss, "power-loss", "power-loss NODE", "The machine dies. What was not flushed to disk is gone."},
     kNode},
    {{Verb::kRestart, "restart", "restart NODE", "The process starts again from what its disk has."}, kNode},
    {{Verb::kShutdown, "shutdown", "shutdown NODE",
      "The process stops in good order: a broker hands over its leaders first, a controller resigns, a client closes."},
     kNode},
    {{Verb::kPause, "pause", "pause NODE [DURATION]",
      "The process stands still, as in a long garbage collection; nothing is answered."},
     kNodeMaybeTime},
    {{Verb::kResume, "resume", "resume NODE", "A paused process goes on."}, kNode},
    {{Verb::kCpuSlow, "cpu-slow", "cpu-slow NODE FACTOR", "Serving requests takes so many times longer; 1 = normal."},
     kNodeFactor},
    {{Verb::kCut, "cut", "cut NODE NODE", "Nothing passes between the two, either way, until healed."}, kLink},
    {{Verb::kCutOneWay, "cut-one-way", "cut-one-way FROM TO", "Nothing passes from the first to the second."}, kLink},
    {{Verb::kHeal, "heal", "heal NODE NODE", "Everything passes between the two again; delay and loss end."}, kLink},
    {{Verb::kHealAll, "heal-all", "heal-all", "Every link is healed."}, {}},
    {{Verb::kDelay, "delay", "delay NODE NODE DURATION", "Messages between the two take so much longer each way."},
     kLinkTime},
    {{Verb::kBandwidth, "bandwidth", "bandwidth NODE NODE SIZE",
      "The link between the two carries so many bytes a second each way; 0 = unlimited."},
     kLinkBandwidth},
    {{Verb::kLoss, "loss", "loss NODE NODE PERCENT", "So many percent of messages must be sent again by TCP."},
     kLinkPercent},
    {{Verb::kStall, "stall", "stall FROM TO DURATION",
      "The direction delivers nothing for so long, then all in order."},
     kLinkTime},
    {{Verb::kStrand, "strand", "strand FROM TO DURATION",
      "What the connection carries hangs for so long and arrives all the same; a newer connection overtakes it."},
     kLinkTime},
    {{Verb::kReset, "reset", "reset NODE NODE", "The connection breaks; what is in flight is lost."}, kLink},
    {{Verb::kDrop, "drop", "drop MESSAGE", "The connection breaks at this message: it is lost, and what is behind it."},
     kMessage},
    {{Verb::kDiskSlow, "disk-slow", "disk-slow NODE FACTOR", "The disk is so many times slower; 1 = normal."},
     kServerFactor},
    {{Verb::kDiskFull, "disk-full", "disk-full NODE", "The disk takes no more data."}, kServer},
    {{Verb::kDiskFail, "disk-fail", "disk-fail NODE", "Every write and flush of the disk fails."}, kServer},
    {{Verb::kDiskOk, "disk-ok", "disk-ok NODE", "The disk works as it should again."}, kServer},
    {{Verb::kClockStep, "clock-step", "clock-step NODE DURATION",
      "The node's clock jumps by so much; may be negative."},
     kNodeStep},
    {{Verb::kClockDrift, "clock-drift", "clock-drift NODE PPM",
      "The node's clock runs fast by so many parts per million; may be negative."},
     kNodePpm},
    {{Verb::kClockFreeze, "clock-freeze", "clock-freeze NODE", "The node's clock and timers stand still."}, kNode},
    {{Verb::kClockRun, "clock-run", "clock-run NODE", "A frozen clock goes on."}, kNode},
    {{Verb::kExpireSession, "expire-session", "expire-session BROKER",
      "ZooKeeper ends the broker's session: its ephemeral nodes vanish."},
     kBroker},
    {{Verb::kDeleteController, "delete-controller", "delete-controller",
      "An operator deletes the znode /controller, so that the brokers elect a controller anew."},
     {}},
    {{Verb::kCreateTopic, "create-topic", "create-topic NAME [PARTITIONS [REPLICATION_FACTOR]]",
      "The administrator asks for a topic; Kafka may refuse it."},
     kCreate},
    {{Verb::kElectPreferred, "elect-preferred", "elect-preferred [PARTITION]",
      "Leadership goes back to the first replica of the list, if it is in the ISR."},
     kMaybePartition},
    {{Verb::kElectUnclean, "elect-unclean", "elect-unclean PARTITION",
      "A replica outside the ISR may become leader: available again, records may be lost."},
     kPartition},
    {{Verb::kDeleteRecords, "delete-records", "delete-records PARTITION [OFFSET]",
      "The administrator deletes the records below the offset; without one, all that are committed."},
     kDelete},
    {{Verb::kSet, "set", "set BROKER|TOPIC|CONSUMER CONFIG VALUE",
      "A config is altered while the cluster runs; a consumer takes it when it starts again."},
     kSetConfig},
    {{Verb::kLeave, "leave", "leave CONSUMER", "The consumer closes: it leaves its group at once."}, kConsumer},
    {{Verb::kStart, "start", "start CLIENT", "A client that waits, left or crashed starts."}, kClient},
    {{Verb::kStopPolling, "stop-polling", "stop-polling CONSUMER [DURATION]",
      "The application stops calling poll(); heartbeats go on in the background."},
     kConsumerMaybeTime},
    {{Verb::kPoll, "poll", "poll CONSUMER", "The application calls poll() again."}, kConsumer},
    {{Verb::kCommit, "commit", "commit CONSUMER", "The consumer commits its offsets now."}, kConsumer},
    {{Verb::kRate, "rate", "rate PRODUCER RATE", "The application makes so many records: 200/s, 5/min, 0."}, kNodeRate},
    {{Verb::kProduce, "produce", "produce PRODUCER [KEY]", "The application makes one record now."}, kNodeKey},
    {{Verb::kCommitTransaction, "commit-transaction", "commit-transaction PRODUCER",
      "The application calls commitTransaction()."},
     kProducer},
    {{Verb::kAbortTransaction, "abort-transaction", "abort-transaction PRODUCER",
      "The application calls abortTransaction()."},
     kProducer},
    {{Verb::kCreatePartitions, "create-partitions", "create-partitions TOPIC PARTITIONS",
      "The administrator asks that the topic have so many partitions in all; Kafka refuses what is no increase."},
     kMorePartitions},
    {{Verb::kAlterQuota, "alter-quota", "alter-quota CLIENT-ID QUOTA VALUE",
      "The administrator sets producer_byte_rate or consumer_byte_rate of a client id, or of <default>: bytes a second "
      "on "
      "each broker, or none."},
     kQuota},
    {{Verb::kDeleteTopic, "delete-topic", "delete-topic TOPIC",
      "The administrator has the topic deleted, with all that is in it; it waits for brokers that are down."},
     kTopic},
    {{Verb::kReassign, "reassign", "reassign PARTITION BROKER,BROKER,...|cancel",
      "The administrator has the partition moved to these brokers, the first of them its preferred leader; cancel: it "
      "stays where it was."},
     kMove},
    {{Verb::kSubscribe, "subscribe", "subscribe CONSUMER|GROUP TOPIC,TOPIC,...",
      "The application subscribes to these topics and no others; the group rebalances."},
     kNewSubscription},
    {{Verb::kSeek, "seek", "seek CONSUMER PARTITION OFFSET|beginning|end",
      "The application goes on from there; what was fetched is dropped, nothing is committed by that."},
     kNewPosition},
    {{Verb::kPausePartition, "pause-partition", "pause-partition CONSUMER PARTITION",
      "The application pauses the partition: the consumer keeps it and fetches nothing of it, until resumed or the "
      "next "
      "rebalance."},
     kConsumerPartition},
    {{Verb::kResumePartition, "resume-partition", "resume-partition CONSUMER PARTITION",
      "A paused partition is fetched again."},
     kConsumerPartition},
    {{Verb::kUnsubscribe, "unsubscribe", "unsubscribe CONSUMER",
      "The application gives up all topics: the consumer leaves its group without a commit, until it subscribes "
      "again."},
     kConsumer},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kDefs.size(); ++i) {
    if (static_cast<std::size_t>(kDefs[i].info.verb) != i) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order(), "kDefs is indexed by Verb");

constexpr std::array<VerbInfo, kVerbCount> make_infos() {
  std::array<VerbInfo, kVerbCount> infos{};
  for (std::size_t i = 0; i < infos.size(); ++i) {
    infos[i] = kDefs[i].info;
  }
  return infos;
}
constexpr std::array<VerbInfo, kVerbCount> kInfos = make_infos();

}  // namespace

std::span<const VerbDef> verb_defs() { return kDefs; }
std::span<const VerbInfo> verb_table() { return kInfos; }
const VerbInfo& info(Verb verb) {
  KSCOPE_CHECK(static_cast<int>(verb) < kVerbCount, "a Verb outside the enumeration");
  return kInfos[static_cast<std::size_t>(verb)];
}

}  // namespace kscope::scenario
