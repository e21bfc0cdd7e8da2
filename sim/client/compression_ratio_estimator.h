#pragma once
// CompressionRatioEstimator: what a producer expects a codec to leave of its records, so that it can fill a batch to
// batch.size although it is compressed only at its end. It falls slowly while batches compress better than expected, and
// rises at once when one compresses worse. Kafka keeps one estimate for each topic and codec of a process; a producer of the
// model has one topic and one codec. Kafka counts in float, here in millionths.
// Source: CompressionRatioEstimator, Kafka 3.9.

#include <algorithm>
#include <cstdint>

namespace kscope::sim {

/// What nothing is known about is expected not to shrink at all.
inline constexpr std::int32_t kInitialCompressionEstimate = 1'000'000;

class CompressionRatioEstimator {
 public:
  static constexpr std::int32_t kImprovingStep = 5'000;     ///< COMPRESSION_RATIO_IMPROVING_STEP: 0.005
  static constexpr std::int32_t kDeteriorateStep = 50'000;  ///< COMPRESSION_RATIO_DETERIORATE_STEP: 0.05

  /// Compressed bytes for each million of uncompressed ones.
  [[nodiscard]] std::int32_t estimate() const { return estimate_; }

  /// A batch is closed; `observed` is what became of its records, in millionths. Worse than expected: the estimate rises by
  /// a step or to what was observed, whichever is more. Better: it falls by a step. Source: updateEstimation.
  void update(std::int32_t observed) {
    if (observed > estimate_) {
      estimate_ = std::max(estimate_ + kDeteriorateStep, observed);
    } else if (observed < estimate_) {
      estimate_ -= kImprovingStep;
    }
  }

  /// A broker found a batch too large that was compressed to `observed` millionths: nothing better than no compression is
  /// expected any more. Source: RecordAccumulator.splitAndReenqueue, setEstimation.
  void reset_after_split(std::int32_t observed) { estimate_ = std::max(kInitialCompressionEstimate, observed); }

 private:
  std::int32_t estimate_ = kInitialCompressionEstimate;
};

}  // namespace kscope::sim
