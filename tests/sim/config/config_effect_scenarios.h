#pragma once
// The scenarios in which each config shows an effect (config_effect_test.cpp).

namespace kscope::scenario {

// A minute and a half with everything in it: load with and without keys, a group with auto commit and one that commits
// synchronously, a crash, a controlled shutdown, cut links, members that come and go.
inline constexpr const char* kBusy = R"toml(
seed = 5
until = "90s"
[zookeeper]
config = { tickTime = 1000 }
[defaults.broker]
zookeeper.session.timeout.ms = 6000
replica.lag.time.max.ms = 5000
offsets.topic.num.partitions = 2
leader.imbalance.check.interval.seconds = 20
log.retention.check.interval.ms = 10000
[defaults.producer]
request.timeout.ms = 3000
[[broker]]
id = 1
[[broker]]
id = 2
start = "1s"
[[broker]]
id = 3
start = "1s"
[[topic]]
name = "orders"
partitions = 3
replication.factor = 3
assignment = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
[[topic]]
name = "placed"
partitions = 4
replication.factor = 2
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "uniform(9)", size = "200B", arrivals = "poisson" }
[[producer]]
name = "sensor"
topic = "orders"
workload = { rate = "150/s", key = "none", size = "300B" }
[[producer]]
name = "placer"
topic = "placed"
workload = { rate = "5/s", key = "uniform(9)" }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
spare = 1
processing.time = "8ms"
config = { session.timeout.ms = 10000 }
[[group]]
id = "audit"
topics = ["placed"]
commit = "after-processing"
processing.time = "30ms"
[[at]]
time = "15s"
do = "crash b1"
[[at]]
time = "25s"
do = "start billing-3"
[[at]]
time = "32s"
do = "restart b1"
[[at]]
time = "40s"
do = "cut shop b2"
[[at]]
time = "40s"
do = "cut sensor b2"
[[at]]
time = "42s"
do = "cut billing-1 b2"
[[at]]
time = "43s"
do = "cut audit-1 b2"
[[at]]
time = "44s"
do = "cut b2 b3"
[[at]]
time = "58s"
do = "heal-all"
[[at]]
time = "62s"
do = "stop-polling billing-2 10s"
[[at]]
time = "64s"
do = "crash billing-1"
[[at]]
time = "75s"
do = "shutdown b3"
[[at]]
time = "82s"
do = "restart b3"
)toml";

// The only member of a group leaves for longer than its offsets are kept.
inline constexpr const char* kOldConsumers = R"toml(
seed = 5
until = "60s"
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 4
replication.factor = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[group]]
id = "legacy"
topics = ["orders"]
members = 2
spare = 1
config = { offsets.storage = "zookeeper", auto.offset.reset = "earliest" }
[[at]]
time = "19900ms"
do = "pause legacy-2 3s"
[[at]]
time = "20s"
do = "start legacy-3"
[[at]]
time = "30s"
do = "crash legacy-1"
)toml";

inline constexpr const char* kExpiring = R"toml(
until = "100s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
offsets.retention.minutes = 1
offsets.retention.check.interval.ms = 5000
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
[[at]]
time = "15s"
do = "shutdown billing-1"
[[at]]
time = "90s"
do = "restart billing-1"
)toml";

// Who goes by the name shop is throttled, as producer and as consumer.
inline constexpr const char* kThrottled = R"toml(
until = "40s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none", size = "500B" }
config = { linger.ms = 10 }
[[producer]]
name = "sensor"
topic = "orders"
workload = { rate = "20/s", key = "none", size = "500B" }
config = { linger.ms = 10 }
[[group]]
id = "billing"
topics = ["orders"]
[[quota]]
client.id = "shop"
producer_byte_rate = 4000
consumer_byte_rate = 4000
)toml";

// A topic that its clients create; while the controller cannot be reached, nobody can.
inline constexpr const char* kLostCreation = R"toml(
until = "60s"
[defaults.broker]
offsets.topic.num.partitions = 1
[[broker]]
id = 1
[[broker]]
id = 2
start = "3s"
[[broker]]
id = 3
start = "3s"
[[topic]]
name = "orders"
create = "by-clients"
[[producer]]
name = "shop"
topic = "orders"
start = "20s"
workload = { rate = "5/s", key = "none" }
config = { request.timeout.ms = 1000 }
[[at]]
time = "10s"
do = "cut b1 b2"
[[at]]
time = "10s"
do = "cut b1 b3"
[[at]]
time = "10s"
do = "cut b1 shop"
[[at]]
time = "30s"
do = "heal-all"
)toml";
// The same with a consumer, which asks for the topic at once.
const std::string kCreatedByClients =
    std::string(kLostCreation) + "[[group]]\nid = \"billing\"\ntopics = [\"orders\"]\n";

// A broker shuts down while the controller cannot be reached.
inline constexpr const char* kLonelyShutdown = R"toml(
until = "200s"
[defaults.broker]
offsets.topic.num.partitions = 1
[[broker]]
id = 1
[[broker]]
id = 2
start = "3s"
[[topic]]
name = "orders"
partitions = 2
replication.factor = 2
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "2/s", key = "none" }
[[at]]
time = "20s"
do = "cut b1 b2"
[[at]]
time = "21s"
do = "shutdown b2"
)toml";

// Hours of little traffic: what is counted in minutes and hours.
inline constexpr const char* kSlow = R"toml(
until = "150m"
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 1
replication.factor = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "6/min", key = "none" }
)toml";
// The same with small segments, so that there is something to delete.
const std::string kSlowSmall = std::string(kSlow) + "[defaults.topic]\nsegment.bytes = 2000\n";
const std::string kSlowDeleting =
    std::string(kSlow) + "[defaults.topic]\nsegment.bytes = 2000\nretention.ms = 600000\n";
const std::string kSlowShortLived = std::string(kSlow) + "[defaults.topic]\nretention.ms = 600000\n";

// Logs that are compacted: few keys, some tombstones, small segments; the producer pauses.
inline constexpr const char* kCompacting = R"toml(
until = "80s"
[defaults.broker]
offsets.topic.num.partitions = 1
log.cleaner.backoff.ms = 2000
[defaults.topic]
cleanup.policy = "compact"
segment.bytes = 2000
[[broker]]
id = 1
[[topic]]
name = "prices"
partitions = 1
replication.factor = 1
[[producer]]
name = "market"
topic = "prices"
workload = { rate = "10/s", key = "round-robin(5)", tombstone.every = 4 }
config = { linger.ms = 500 }
[[at]]
time = "40s"
do = "rate market 1/s"
)toml";
// An index that is full after two entries closes a segment, and retention deletes it.
const std::string kSlowIndexed =
    std::string(kSlow) + "[defaults.topic]\nretention.ms = 600000\nsegment.index.bytes = 24\n";

// The last in-sync replica dies and the other comes back.
inline constexpr const char* kUnclean = R"toml(
until = "60s"
[zookeeper]
config = { tickTime = 1000 }
[defaults.broker]
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 3000
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 1
replication.factor = 2
assignment = [[1, 2]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s", key = "none" }
[[at]]
time = "15s"
do = "crash b2"
[[at]]
time = "25s"
do = "crash b1"
[[at]]
time = "35s"
do = "restart b2"
)toml";

// The answer to a produce request is lost, and the retry comes after producer.id.expiration.ms may be over. Brokers look at
// their logs for the first time after half a minute.
inline constexpr const char* kLostAnswer = R"toml(
until = "60s"
[zookeeper]
config = { tickTime = 1000 }
[defaults.broker]
log.retention.check.interval.ms = 1000
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 1
replication.factor = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s", key = "none" }
config = { request.timeout.ms = 3000 }
[[at]]
time = "35s"
do = "cut-one-way b1 shop"
[[at]]
time = "45s"
do = "heal b1 shop"
)toml";

// A producer dies in a transaction that nobody ends before it times out; then a replica of what its coordinator writes.
inline constexpr const char* kTransactional = R"toml(
until = "90s"
[zookeeper]
config = { tickTime = 1000 }
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
transaction.state.log.num.partitions = 5
transaction.state.log.replication.factor = 2
transaction.state.log.min.isr = 1
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "orders"
partitions = 1
replication.factor = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s", key = "none", transaction = 8 }
config = { transactional.id = "shop" }
[[group]]
id = "billing"
topics = ["orders"]
config = { auto.offset.reset = "earliest" }
[[at]]
time = "15s"
do = "crash shop"
[[at]]
time = "25s"
do = "crash b2"
)toml";

// A consumer in a rack where the leader is not.
inline constexpr const char* kRacked = R"toml(
until = "30s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
[[broker]]
id = 1
rack = "a"
[[broker]]
id = 2
rack = "b"
[[topic]]
name = "orders"
partitions = 1
replication.factor = 2
assignment = [[1, 2]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
config = { client.rack = "b" }
)toml";

// A follower comes back and catches up under throttles of both sides.
inline constexpr const char* kReturning = R"toml(
metadata = "kraft"
until = "60s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
leader.replication.throttled.rate = 20000
follower.replication.throttled.rate = 10000
replica.fetch.max.bytes = 8000
[defaults.topic]
leader.replication.throttled.replicas = "*"
follower.replication.throttled.replicas = "0:2"
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "orders"
assignment = [[1, 2]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "50/s", key = "none", size = "500B" }
config = { acks = 1 }
[[at]]
time = "12s"
do = "crash b2"
[[at]]
time = "30s"
do = "restart b2"
)toml";

// The busy minute with a quorum of controllers, each of which is down for a while, and then all stand still.
const std::string kQuorum = "metadata = \"kraft\"\n" + std::string(kBusy) + R"toml(
[[at]]
time = "10s"
do = "crash c1"
[[at]]
time = "18s"
do = "restart c1"
[[at]]
time = "18s"
do = "crash c2"
[[at]]
time = "26s"
do = "restart c2"
[[at]]
time = "26s"
do = "crash c3"
[[at]]
time = "34s"
do = "restart c3"
[[at]]
time = "34s"
do = "pause c1 4s"
[[at]]
time = "34s"
do = "pause c2 9s"
[[at]]
time = "46s"
do = "pause c2 4s"
[[at]]
time = "46s"
do = "pause c3 9s"
[[at]]
time = "60s"
do = "pause c1 4s"
[[at]]
time = "60s"
do = "pause c3 9s"
)toml";

// And an administrator deletes what they work with.
const std::string kDeleting = std::string(kThrottled) + "[[at]]\ntime = \"15s\"\ndo = \"delete-topic orders\"\n";

// A group that could speak either protocol, and one that speaks the consumer protocol (KIP-848); a member of it stands still.
const std::string kBothProtocols = R"toml(
title = "both protocols"
metadata = "kraft"
seed = 5
until = "60s"
[defaults.broker]
offsets.topic.num.partitions = 1
group.coordinator.rebalance.protocols = "classic,consumer"
group.consumer.heartbeat.interval.ms = 1000
group.consumer.min.heartbeat.interval.ms = 1000
group.consumer.session.timeout.ms = 6000
group.consumer.min.session.timeout.ms = 5000
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 6
replication.factor = 3
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
members = 3
)toml";
const std::string kConsumerProtocol = kBothProtocols + R"toml(
config = { group.protocol = "consumer" }
[[at]]
time = "25s"
do = "pause billing-2 20s"
)toml";

// A member joins a classic group with the consumer protocol.
const std::string kMovingGroup = kBothProtocols + R"toml(
[[group.member]]
number = 3
start = "25s"
config = { group.protocol = "consumer" }
)toml";

}  // namespace kscope::scenario
