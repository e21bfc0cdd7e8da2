// Traces of Kafka's ProducerStateManager: every append, refusal, duplicate, marker and expiry of 60 logs.
#include "sim/log/producer_state.h"

#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/types/error_code.h"

namespace kscope::sim::producer_state_test {
namespace {

using nlohmann::json;

/// The log around the manager, in the order of UnifiedLog: duplicate check, append, update, complete, high watermark.
class TracedLog {
 public:
  explicit TracedLog(const json& trace)
      : end_(trace.at("start_offset").get<std::int64_t>()),
        high_watermark_(end_),
        expiration_ms_(trace.at("producer.id.expiration.ms").get<std::int64_t>()) {}

  void play(const json& event) {
    const std::string op = event.at("op");
    if (op == "append") {
      append(event);
    } else if (op == "marker") {
      mark(event);
    } else if (op == "high_watermark") {
      high_watermark_ = Offset(event.at("value").get<std::int64_t>());
      state_.on_high_watermark(high_watermark_);
    } else if (op == "advance_and_expire") {
      state_.expire(event.at("t_ms").get<std::int64_t>() + event.at("ms").get<std::int64_t>(), expiration_ms_);
    } else {
      EXPECT_EQ(op, "noop_read");
    }
  }

  /// The state as the trace writes it, with every producer.
  [[nodiscard]] json state() const {
    const auto number = [](std::optional<Offset> offset) { return offset ? json(offset->value) : json(); };
    const std::optional<Offset> unstable = state_.first_unstable_offset();
    return {{"log_end_offset", end_.value},
            {"high_watermark", high_watermark_.value},
            {"first_unstable_offset", number(unstable)},
            {"last_stable_offset", unstable ? std::min(*unstable, high_watermark_).value : high_watermark_.value},
            {"first_undecided_offset", number(state_.first_undecided_offset())}};
  }
  [[nodiscard]] std::map<std::string, json> producers() const {
    std::map<std::string, json> result;
    for (const auto& [id, entry] : state_.producers()) {
      const std::optional<Offset> txn = entry.current_txn_first_offset;
      result[std::to_string(id.value)] = {{"epoch", entry.producer_epoch.value},
                                          {"first_seq", entry.first_sequence().value},
                                          {"last_seq", entry.last_sequence().value},
                                          {"last_data_offset", entry.last_data_offset().value},
                                          {"coordinator_epoch", entry.coordinator_epoch.value},
                                          {"txn_first_offset", txn ? json(txn->value) : json()},
                                          {"cached_batches", entry.batches.size()}};
    }
    return result;
  }

 private:
  void append(const json& event) {
    EXPECT_EQ(event.at("base_offset"), end_.value);
    SequencedBatch batch;
    batch.producer_id = ProducerId(event.at("pid").get<std::int64_t>());
    batch.producer_epoch = ProducerEpoch(event.at("epoch").get<std::int16_t>());
    batch.first_sequence = Sequence{event.at("base_seq").get<std::int32_t>()};
    batch.record_count = event.at("count").get<std::int32_t>();
    batch.base_offset = end_;
    batch.timestamp_ms = event.at("t_ms").get<std::int64_t>();
    batch.is_transactional = event.at("transactional").get<bool>();
    if (const BatchMetadata* known = state_.find_duplicate(batch)) {
      EXPECT_EQ(event.at("result"), "DUPLICATE");
      EXPECT_EQ(event.value("duplicate_first_offset", std::int64_t{-1}), known->first_offset().value);
      EXPECT_EQ(event.value("duplicate_last_offset", std::int64_t{-1}), known->last_offset.value);
      return;
    }
    const ErrorCode error = state_.check(batch, AppendOrigin::CLIENT);
    EXPECT_EQ(event.at("result").get<std::string>(), error == ErrorCode::NONE ? "OK" : name(error));
    if (error == ErrorCode::NONE) {
      state_.append(batch);
      end_ = end_ + batch.record_count;
    }
  }

  void mark(const json& event) {
    EXPECT_EQ(event.at("base_offset"), end_.value);
    EndTxnMarker marker;
    marker.producer_id = ProducerId(event.at("pid").get<std::int64_t>());
    marker.producer_epoch = ProducerEpoch(event.at("epoch").get<std::int16_t>());
    marker.type = event.at("type") == "COMMIT" ? ControlType::COMMIT : ControlType::ABORT;
    marker.coordinator_epoch = CoordinatorEpoch(event.at("coordinator_epoch").get<std::int32_t>());
    marker.offset = end_;
    marker.timestamp_ms = event.at("t_ms").get<std::int64_t>();
    const ErrorCode error = state_.check(marker, AppendOrigin::CLIENT);
    EXPECT_EQ(event.at("result").get<std::string>(), error == ErrorCode::NONE ? "OK" : name(error));
    if (error != ErrorCode::NONE) {
      return;
    }
    const std::optional<CompletedTxn> completed = state_.append(marker);
    end_ = end_ + 1;
    EXPECT_EQ(event.contains("completed_txn"), completed.has_value());
    if (completed && event.contains("completed_txn")) {
      const json& expected = event.at("completed_txn");
      EXPECT_EQ(expected.at("first_offset"), completed->first_offset.value);
      EXPECT_EQ(expected.at("last_offset"), completed->last_offset.value);
      EXPECT_EQ(expected.at("aborted"), completed->is_aborted);
      EXPECT_EQ(expected.at("last_stable_offset_at_completion"), state_.last_stable_offset_after(*completed).value);
      state_.complete(*completed);
    }
  }

  Offset end_;
  Offset high_watermark_;
  std::int64_t expiration_ms_;
  ProducerStateManager state_;
};

TEST(KafkaProducerState, EveryTraceAgrees) {
  for (const json& trace : kafka_data::read_jsonl("producer_state_traces.jsonl")) {
    TracedLog log(trace);
    std::map<std::string, json> producers;
    std::size_t number = 0;
    for (const json& event : trace.at("events")) {
      SCOPED_TRACE("trace " + trace.at("trace").dump() + ", event " + std::to_string(number++) + ": " + event.dump());
      log.play(event);
      json expected = event.at("state");
      const json changed = expected.value("producers_changed", json::object());
      for (const auto& [id, entry] : changed.items()) {
        producers[id] = entry;
      }
      const json removed = expected.value("producers_removed", json::array());
      for (const json& id : removed) {
        producers.erase(id.is_string() ? id.get<std::string>() : id.dump());
      }
      expected.erase("producers_changed");
      expected.erase("producers_removed");
      ASSERT_EQ(log.state(), expected);
      ASSERT_EQ(log.producers(), producers);
      if (testing::Test::HasFailure()) {
        return;
      }
    }
  }
}

}  // namespace
}  // namespace kscope::sim::producer_state_test
