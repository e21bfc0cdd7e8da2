#pragma once
// FetchSessionHandler: the fetcher's side of a fetch session with one broker (KIP-227). It remembers what the broker was
// told of every partition, so that a request names only what is new, has changed or is left out.
// One for every broker that a consumer fetches from, one in every replica fetcher. Kafka: FetchSessionHandler (3.9).
//
//   INITIAL (0, epoch 0) --answer with a session--> (id, epoch 1) --answer--> (id, epoch 2) ...
//        ^   answer without one: stays              |        |
//        +-- FETCH_SESSION_ID_NOT_FOUND, session 0 -+        | other errors, lost connection, unknown partitions
//        +---------------- any answer ---------------------- (id, epoch 0): ends the session, asks for another
//
// Use: begin(), add() for every partition that is to be fetched or keep() for those that stay as they are, build(). Cost of
// all that: O(partitions that are added, and log(partitions) for each that is not told in order), without an allocation while
// nothing changes.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/protocol/fetch.h"

namespace kscope::sim {

class FetchSessionHandler {
 public:
  /// What goes into the next request. Kafka: FetchRequestData.
  struct RequestData {
    FetchMetadata metadata;
    bool uses_topic_ids = false;
    SharedList<FetchPartition> to_send;
    SharedList<ForgottenPartition> to_forget;  ///< also what a partition of the same name and another topic id replaces
    bool is_needed = false;                    ///< false: there is nothing to fetch and nothing to forget
    /// Writes itself into a request.
    void move_into(FetchRequest& request);
  };

  /// Begins the next request.
  void begin();
  /// This partition is to be fetched. Requires: begin() was called, and the partition was not added since.
  void add(const FetchPartition& item);
  /// So many partitions of the session, none of which is added, are to be fetched as before, and have topic ids. All the
  /// others must be added then: none leaves the session. Requires: begin() was called, and it is not a full request.
  void keep(std::size_t count) { kept_count_ += count; }
  /// The next request. Partitions of the session that were not added leave it. Source: FetchSessionHandler.Builder.build.
  [[nodiscard]] RequestData build();

  /// The answer to the last request. False: its partitions must not be looked at, because the session failed, the client is
  /// throttled, or the broker answered what it was not asked. Effects: what the next request is.
  [[nodiscard]] bool handle_response(const FetchResponse& response);
  /// The last request got no answer.
  void handle_error() { next_ = next_.next_close_existing_attempt_new(); }
  /// The next request ends the session.
  void notify_close() { next_ = next_.next_close_existing(); }

  [[nodiscard]] FetchMetadata next_metadata() const { return next_; }
  [[nodiscard]] FetchSessionId session_id() const { return next_.session_id; }
  [[nodiscard]] std::size_t partition_count() const { return session_.size(); }
  /// What the broker was told last of a partition, or nullptr when it is not in the session.
  [[nodiscard]] const FetchPartition* find(TopicPartition partition) const;

 private:
  struct SessionPartition {
    FetchPartition asked;
    std::uint32_t build = 0;  ///< number of the build that named it last
  };
  /// Index in session_, or its size. `hint` is where the one after the last one found is.
  std::size_t index_of(TopicPartition partition, std::size_t& hint) const;
  bool has_all_of(const FetchResponse& response) const;

  FetchMetadata next_ = kInitialFetchMetadata;
  std::vector<SessionPartition> session_;  // ascending by partition
  // The request that is being built.
  std::uint32_t build_ = 0;
  std::size_t hint_ = 0;
  std::size_t kept_count_ = 0;        // partitions that were in the session before
  std::size_t without_id_count_ = 0;  // partitions whose topic id is not known
  std::vector<FetchPartition> to_send_;
  std::vector<SessionPartition> added_;
  std::vector<ForgottenPartition> to_forget_;
};

}  // namespace kscope::sim
