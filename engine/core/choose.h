#pragma once
// The one door through which anything may go differently: `choose(kind, label, n)` gives 0..n-1, where 0 always means
// "nothing bad, earliest". A Chooser is a plain value inside the world, so a copied world makes the same choices.
// Base of a choice: seeded (one random stream per kind, so an extra draw of one kind leaves the others alone) or calm
// (always 0). On top lies an immutable, shared list of overrides (kind, position within the kind) -> choice: that is how
// a run is replayed, explored, shrunk and bent. With logging on, every decision is kept with its label for observers.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/fingerprint.h"
#include "engine/core/rng.h"
#include "engine/core/time.h"

namespace kscope {

enum class ChoiceKind : std::uint8_t { network, disk, process, workload, service, client, fault, placement };
inline constexpr std::size_t kChoiceKinds = 8;

constexpr std::string_view to_string(ChoiceKind kind) {
  switch (kind) {
    case ChoiceKind::network: return "network";
    case ChoiceKind::disk: return "disk";
    case ChoiceKind::process: return "process";
    case ChoiceKind::workload: return "workload";
    case ChoiceKind::service: return "service";
    case ChoiceKind::client: return "client";
    case ChoiceKind::fault: return "fault";
    case ChoiceKind::placement: return "placement";
  }
  return "?";
}

/// What a decision is about: `what` is a small number of the asker's own enum, a and b say which thing (node ids, keys).
struct Label {
  std::int32_t what = 0;
  std::int64_t a = 0;
  std::int64_t b = 0;
  constexpr bool operator==(const Label&) const = default;
};

/// One decision as it was taken: the `index`-th of its kind, counted from 0.
struct Decision {
  ChoiceKind kind = ChoiceKind::network;
  std::uint64_t index = 0;
  Label label;
  std::uint32_t n = 1;
  std::uint32_t choice = 0;
  constexpr bool operator==(const Decision&) const = default;
};

/// "The `index`-th decision of this kind takes `choice`" (held to n - 1 if fewer are offered).
struct ChoiceOverride {
  ChoiceKind kind = ChoiceKind::network;
  std::uint64_t index = 0;
  std::uint32_t choice = 0;
  constexpr bool operator==(const ChoiceOverride&) const = default;
};

struct Chooser {
  enum class Base : std::uint8_t { seeded, calm };

  Chooser() : Chooser(0) {}
  /// Seeded choices: one stream per kind, all derived from `seed`.
  explicit Chooser(std::uint64_t seed) {
    for (std::size_t kind = 0; kind < kChoiceKinds; ++kind) {
      streams_[kind] = Rng(seed, kind);
    }
  }
  /// Every choice 0 unless overridden.
  static Chooser calm() {
    Chooser chooser;
    chooser.base_ = Base::calm;
    return chooser;
  }
  /// The same base with these overrides instead of any earlier ones. Sorts them; of two for one decision the last counts.
  void set_overrides(std::vector<ChoiceOverride> overrides) {
    std::stable_sort(overrides.begin(), overrides.end(), less);
    overrides_ =
        overrides.empty() ? nullptr : std::make_shared<const std::vector<ChoiceOverride>>(std::move(overrides));
  }

  /// One of 0..n-1; 0 is "nothing bad, earliest". Requires n > 0. Even when overridden the stream advances as it would have.
  std::uint32_t choose(ChoiceKind kind, Label label, std::uint32_t n) {
    KSCOPE_CHECK(n > 0, "a choice needs at least one possibility");
    std::uint32_t choice = 0;
    if (base_ == Base::seeded && n > 1) {
      choice = static_cast<std::uint32_t>(stream(kind).below(n));
    }
    return decide(kind, label, n, choice);
  }

  /// Whether the bad thing of probability numerator / denominator happens. A choice between 0 (no) and 1 (yes).
  bool happens(ChoiceKind kind, Label label, std::uint64_t numerator, std::uint64_t denominator) {
    std::uint32_t choice = 0;
    if (base_ == Base::seeded && numerator > 0) {
      choice = stream(kind).ratio(numerator, denominator) ? 1 : 0;
    }
    return decide(kind, label, 2, choice) == 1;
  }

  /// A jitter in [0, max], evenly over at most kSpreadSteps values, 0 the earliest. Recorded as the number of the step, so
  /// a replay needs no nanoseconds. Requires max >= 0.
  Duration spread(ChoiceKind kind, Label label, Duration max) {
    KSCOPE_CHECK(max.count() >= 0, "a spread reaches forward");
    const auto wide = static_cast<std::uint64_t>(max.count());
    const auto n = static_cast<std::uint32_t>(std::min<std::uint64_t>(wide + 1, kSpreadSteps));
    const std::uint64_t step = choose(kind, label, n);
    if (n <= 1) {
      return Duration(0);
    }
    return Duration(static_cast<std::int64_t>(Uint128{wide} * step / (n - 1)));
  }

  /// A waiting time with an exponential tail and this mean: the spread() step k of 4096 is the quantile (k + 1/2) / 4096, so
  /// 0 is the earliest and the longest wait is nine means. Requires mean >= 0.
  Duration exponential(ChoiceKind kind, Label label, Duration mean) {
    KSCOPE_CHECK(mean.count() >= 0, "a mean waiting time is not negative");
    constexpr std::uint32_t kSteps = 4096;
    const std::uint64_t step = choose(kind, label, kSteps);
    const std::uint64_t survivors = (std::uint64_t{2} * (kSteps - step) - 1) << 51;  // (1 - quantile) * 2^64
    return Duration(static_cast<std::int64_t>(
        Uint128{static_cast<std::uint64_t>(mean.count())} * negative_log_q32(survivors) >> 32));
  }

  /// How many decisions were taken, in all and of one kind. Part of the world's fingerprint.
  [[nodiscard]] std::uint64_t draws() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_) {
      sum += count;
    }
    return sum;
  }
  [[nodiscard]] std::uint64_t draws(ChoiceKind kind) const { return counts_[static_cast<std::size_t>(kind)]; }

  /// Keep every decision in log() from now on, or stop and forget. Logging never changes a choice.
  void set_logging(bool on) {
    logging_ = on;
    log_.clear();
  }
  [[nodiscard]] const std::vector<Decision>& log() const { return log_; }
  void clear_log() { log_.clear(); }

  static constexpr std::uint32_t kSpreadSteps = 65536;

 private:
  static bool less(const ChoiceOverride& x, const ChoiceOverride& y) {
    return x.kind != y.kind ? x.kind < y.kind : x.index < y.index;
  }
  Rng& stream(ChoiceKind kind) { return streams_[static_cast<std::size_t>(kind)]; }

  std::uint32_t decide(ChoiceKind kind, const Label& label, std::uint32_t n, std::uint32_t choice) {
    const std::uint64_t index = counts_[static_cast<std::size_t>(kind)]++;
    if (overrides_ != nullptr) {
      const ChoiceOverride wanted{kind, index, 0};
      const auto after = std::upper_bound(overrides_->begin(), overrides_->end(), wanted, less);
      if (after != overrides_->begin() && !less(*std::prev(after), wanted)) {
        choice = std::min(std::prev(after)->choice, n - 1);
      }
    }
    if (logging_) {
      log_.push_back(Decision{kind, index, label, n, choice});
    }
    return choice;
  }

  std::array<Rng, kChoiceKinds> streams_;
  std::array<std::uint64_t, kChoiceKinds> counts_{};
  std::shared_ptr<const std::vector<ChoiceOverride>> overrides_;
  std::vector<Decision> log_;
  Base base_ = Base::seeded;
  bool logging_ = false;
};

}  // namespace kscope
