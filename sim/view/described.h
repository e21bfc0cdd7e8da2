#pragma once
// Described: what Kafka's own tools (kafka-topics.sh, kafka-consumer-groups.sh) could find out at the playhead, and no
// more. Topics are those of the active controller; while there is none, those of the znodes. Groups are those of their
// coordinators, offsets those of the leaders. What nobody could tell is absent, however well the simulator knows it.
// Source: Kafka 3.9 TopicCommand, ConsumerGroupCommand. Left out: configs that a topic has from its broker's file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kscope {
template <class Model>
class Kernel;
}
namespace kscope::sim {
struct KafkaModel;
using World = Kernel<KafkaModel>;
}  // namespace kscope::sim

namespace kscope::view {

struct DescribedPartition {
  std::int32_t partition = 0;
  std::int32_t leader = -1;            ///< broker id; -1 = none, or not alive
  std::vector<std::int32_t> replicas;  ///< broker ids as assigned, the preferred leader first
  std::vector<std::int32_t> isr;       ///< broker ids in the order of the state znode
  bool has_elr = false;                ///< the cluster keeps eligible leader replicas (KIP-966)
  std::vector<std::int32_t> elr;
  std::vector<std::int32_t> last_known_elr;
  std::vector<std::int32_t> adding;    ///< of `replicas`: a reassignment brings them
  std::vector<std::int32_t> removing;  ///< of `replicas`: they go when the reassignment is complete
};
struct DescribedTopic {
  std::string name;
  std::string topic_id;
  std::vector<std::pair<std::string, std::string>>
      configs;  ///< that the topic sets itself, in the order of Kafka's tool
  std::vector<DescribedPartition> partitions;
};

struct DescribedMember {
  std::string member_id;
  std::string client_id;
  std::vector<std::pair<std::string, std::int32_t>> assignment;  ///< topic, partition; empty unless the group is Stable
  std::string group_instance_id{};                               ///< of a static member; "" = a dynamic one
};
struct DescribedOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::optional<std::int64_t> committed;
  std::optional<std::int64_t> log_end;  ///< high watermark of the leader: none without a leader that answers
};
struct DescribedGroup {
  std::string name;
  std::string error;  ///< Kafka's exception with its text when nobody can tell; then the rest is empty
  bool exists = false;
  std::string state;     ///< "Stable"
  std::string protocol;  ///< assignor; "" unless the group is Stable
  std::int32_t coordinator = -1;
  std::vector<DescribedMember> members;
  std::size_t classic_member_count = 0;  ///< of a group of the consumer protocol: members that speak the classic one
  std::vector<DescribedOffset> offsets;  ///< of every partition that is assigned or committed, ascending
};

/// A replica of the metadata log in KRaft mode.
struct DescribedReplica {
  std::string node;
  std::string state;  ///< "Leader", "Follower" ... of a voter; "Observer" for a broker
  std::int32_t epoch = 0;
  std::int64_t log_end = 0;
  std::int64_t high_watermark = -1;  ///< -1 = not known
};

struct Described {
  std::vector<DescribedReplica> quorum;  ///< of the processes that run; empty in ZooKeeper mode
  bool is_any_broker_up = false;         ///< false: Kafka's tools would find nobody to ask
  std::vector<DescribedTopic> topics;    ///< by name
  std::vector<DescribedGroup> groups;    ///< of the scenario, whether they exist yet or not
};

[[nodiscard]] Described build_described(const sim::World& world, bool with_internal_topics);

/// A topic id as Kafka writes it: 22 characters of URL-safe base64 for the 16 bytes of a random UUID (version 4).
/// MODEL: made from the topic's name, where Kafka draws it, so that a run does not hang on it and every run has the same.
[[nodiscard]] std::string topic_id_text(std::string_view topic);

/// Whether Kafka's tools list config `a` before config `b`: the order of a java.util.HashMap with all 36 topic configs.
[[nodiscard]] bool is_listed_before(std::string_view a, std::string_view b);

}  // namespace kscope::view
