#include "sim/cli/export_segments.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/coordinator/coordinator_record_bytes.h"
#include "sim/log/segment_files.h"
#include "sim/record/reader.h"
#include "sim/record/replay.h"
#include "sim/view/described.h"

namespace kscope::cli {
namespace {

namespace fs = std::filesystem;

Error problem(std::string text) { return Error{std::move(text), {}, 0}; }

/// Internal topics: what Kafka's coordinators write. Others: the text of the key, and as value what tells a reader which
/// record it is, repeated up to the size that the record has.
class RunContent final : public sim::RecordContent {
 public:
  explicit RunContent(const sim::Registry& registry) : registry_(registry) {}
  [[nodiscard]] sim::RecordBytes bytes_of(const sim::RecordBatch& batch, std::size_t index) const override;

 private:
  const sim::Registry& registry_;
};

sim::RecordBytes RunContent::bytes_of(const sim::RecordBatch& batch, std::size_t index) const {
  const sim::Record& record = (*batch.records)[index];
  sim::RecordBytes bytes;
  if (batch.coordinator_records != nullptr) {
    sim::wire::KeyValueBytes made = sim::coordinator_record_bytes(registry_, batch, index);
    bytes.key = std::move(made.key);
    bytes.value = std::move(made.value);
    return bytes;
  }
  if (record.key.is_valid()) {
    const std::string key = registry_.key_text(record.producer, record.key);
    bytes.key = sim::Bytes(key.begin(), key.end());
  }
  if (!record.is_tombstone()) {
    const std::string text = fmt::format(
        "{} record {} ", registry_.nodes.at(static_cast<std::size_t>(record.producer.value)).name, record.sequence);
    sim::Bytes value(static_cast<std::size_t>(record.value_size));
    for (std::size_t i = 0; i < value.size(); ++i) {
      value[i] = static_cast<std::uint8_t>(text[i % text.size()]);
    }
    bytes.value = std::move(value);
  }
  return bytes;
}

Result<sim::TopicPartition> find_partition(const sim::Registry& registry, const std::string& name) {
  const std::size_t dash = name.rfind('-');
  const std::string topic = name.substr(0, dash == std::string::npos ? name.size() : dash);
  const std::optional<sim::TopicId> id = registry.find_topic(topic);
  std::vector<std::string> topics;
  for (const sim::TopicSetup& setup : registry.topics) {
    if (!setup.is_internal) {
      topics.push_back(setup.name);
    }
  }
  if (!id || dash == std::string::npos) {
    return problem(fmt::format("--partition {}: expected a topic and a partition, such as \"{}-0\"; topics are {}",
                               name, topics.empty() ? "orders" : topics.front(), fmt::join(topics, ", ")));
  }
  const std::string number = name.substr(dash + 1);
  const bool is_number =
      !number.empty() && number.size() < 7 && number.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) {
    return problem(fmt::format("--partition {}: \"{}\" is no number of a partition", name, number));
  }
  return sim::TopicPartition{*id, static_cast<std::int32_t>(std::stoi(number))};
}

const sim::HostedLog* hosted_on(const sim::World& world, std::size_t broker, sim::TopicPartition partition) {
  return world.durable(world.registry().broker_nodes[broker]).logs.find(partition);
}

/// Which broker's disk: the one that was asked for, the partition's leader, or the first that hosts it.
Result<std::size_t> choose_broker(const sim::World& world, sim::TopicPartition partition, const SegmentExport& wanted) {
  const std::vector<sim::BrokerSetup>& brokers = *world.registry().brokers;
  std::vector<std::string> hosts;
  std::optional<std::size_t> chosen;
  bool is_led = false;
  for (std::size_t i = 0; i < brokers.size(); ++i) {
    if (hosted_on(world, i, partition) == nullptr) {
      continue;
    }
    hosts.push_back(std::to_string(brokers[i].id.value));
    const sim::Role* role = world.role(world.registry().broker_nodes[i]);
    const auto* broker = role == nullptr ? nullptr : std::get_if<sim::Broker>(role);
    const sim::Partition* replica = broker == nullptr ? nullptr : broker->replicas.find(partition);
    const bool leads = replica != nullptr && replica->is_leader(brokers[i].id);
    const bool is_wanted = wanted.broker && static_cast<std::uint64_t>(brokers[i].id.value) == *wanted.broker;
    if (is_wanted || (!wanted.broker && (!chosen || (leads && !is_led)))) {
      chosen = i;
      is_led = leads;
    }
  }
  if (hosts.empty()) {
    return problem(fmt::format("no broker hosts {} at the end of the run", wanted.partition));
  }
  if (!chosen) {
    return problem(fmt::format("--broker {}: it does not host {}; broker{} {} do{}", *wanted.broker, wanted.partition,
                               hosts.size() == 1 ? "" : "s", fmt::join(hosts, ", "), hosts.size() == 1 ? "es" : ""));
  }
  return *chosen;
}

Result<void> write_file(const fs::path& path, const sim::Bytes& content) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  out.close();
  return out ? Result<void>() : Result<void>(Error{"cannot write", path.string(), 0});
}

/// All files or none: they get their folder's name when the last one is written.
Result<void> write_all(const fs::path& folder, const std::vector<sim::LogFile>& files) {
  fs::path unfinished = folder;
  unfinished += ".unfinished";
  std::error_code error;
  fs::remove_all(unfinished, error);
  fs::create_directories(unfinished, error);
  if (error) {
    return Error{"cannot be made: " + error.message(), folder.string(), 0};
  }
  Result<void> written;
  for (const sim::LogFile& file : files) {
    written = write_file(unfinished / file.name, file.content);
    if (!written) {
      break;
    }
  }
  if (written) {
    fs::rename(unfinished, folder, error);
    written = error ? Result<void>(Error{"cannot be made: " + error.message(), folder.string(), 0}) : Result<void>();
  }
  if (!written) {
    fs::remove_all(unfinished, error);
  }
  return written;
}

bool is_recording(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string head(15, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  return in && head == "SQLite format 3";
}

/// The end of the run, or nullptr with the exit status set.
std::unique_ptr<session::Session> run_to_end(const SegmentExport& wanted, int& status) {
  if (is_recording(wanted.run.scenario)) {
    Result<std::unique_ptr<record::Reader>> reader = record::Reader::open(wanted.run.scenario);
    Result<record::Replay> replay = reader ? record::replay(**reader, {}) : Result<record::Replay>(reader.error());
    if (replay && replay->verdict == record::Replay::Verdict::kDifferent) {
      fmt::print(stderr, "{}: this program runs it differently; the files are those of this run\n",
                 wanted.run.scenario);
    }
    if (!replay) {
      fmt::print(stderr, "{}\n", to_string(replay.error()));
      status = kBadInput;
      return nullptr;
    }
    return std::move(replay->session);
  }
  std::unique_ptr<OpenRun> run = prepare_run(wanted.run, status);
  if (run == nullptr) {
    return nullptr;
  }
  Progress progress;
  const Result<Ending> ending = run_to(*run, SimTime(run->scenario.until), &progress);
  progress.clear();
  if (!ending) {
    fmt::print(stderr, "{}\n", to_string(ending.error()));
    status = kUsage;
    return nullptr;
  }
  if (*ending == Ending::kInterrupted) {
    fmt::print(stderr, "interrupted: nothing was written\n");
    status = interrupted_status();
    return nullptr;
  }
  return std::move(run->session);
}

}  // namespace

Result<std::string> write_segments(const sim::World& world, const SegmentExport& wanted) {
  const sim::Registry& registry = world.registry();
  const Result<sim::TopicPartition> partition = find_partition(registry, wanted.partition);
  if (!partition) {
    return partition.error();
  }
  const Result<std::size_t> broker = choose_broker(world, *partition, wanted);
  if (!broker) {
    return broker.error();
  }
  const sim::PartitionLog& log = hosted_on(world, *broker, *partition)->log;
  const fs::path folder = fs::path(wanted.folder) / wanted.partition;
  std::error_code error;
  if (fs::exists(folder, error)) {
    return Error{"is there already; remove it, or name another folder", folder.string(), 0};
  }
  const sim::TopicConfig& config = registry.topic_config(partition->topic, registry.broker_nodes[*broker]);
  std::vector<sim::LogFile> files = sim::log_files(log, RunContent(registry), config.message_timestamp_type);
  const std::string& topic = registry.topics[static_cast<std::size_t>(partition->topic.value)].name;
  const std::string metadata = fmt::format("version: 0\ntopic_id: {}\n", view::topic_id_text(topic));
  files.push_back({"partition.metadata", sim::Bytes(metadata.begin(), metadata.end())});
  if (Result<void> written = write_all(folder, files); !written) {
    return written.error();
  }
  std::int64_t compressed_count = 0;
  for (const sim::RecordBatch& batch : log.batches()) {
    compressed_count += batch.compression != sim::CompressionType::NONE ? 1 : 0;
  }
  std::string difference;
  if (compressed_count > 0) {
    difference = fmt::format(" ({} of them compressed; written uncompressed)", compressed_count);
  } else if (registry.topics[static_cast<std::size_t>(partition->topic.value)].is_internal) {
    difference = " (in the run, where names have a usual length)";
  }
  return fmt::format("{}: {} segment{}, {} bytes of batches{}, offsets {} to {}, as broker {} has them\n",
                     folder.string(), log.segments().size(), log.segments().size() == 1 ? "" : "s", log.size_bytes(),
                     difference, log.log_start_offset().value, log.log_end_offset().value,
                     (*registry.brokers)[*broker].id.value);
}

int export_segments(const SegmentExport& wanted) {
  catch_interrupts();
  int status = kHeld;
  const std::unique_ptr<session::Session> session = run_to_end(wanted, status);
  if (session == nullptr) {
    return status;
  }
  const Result<std::string> written = write_segments(session->world(), wanted);
  if (!written) {
    fmt::print(stderr, "{}\n", to_string(written.error()));
    return kBadInput;
  }
  fmt::print("{}", *written);
  return kHeld;
}

}  // namespace kscope::cli
