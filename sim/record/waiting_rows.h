#pragma once
// WaitingRows: rows of numbers that wait for being inserted, in the shape of a table that SQLite can read. One statement,
// INSERT ... SELECT, then takes in thousands of rows; a statement for each row costs nearly twice as much.

#include <cstdint>
#include <limits>
#include <span>

#include "engine/core/result.h"
#include "sim/record/database.h"

namespace kscope::record {

inline constexpr std::int64_t kSqlNull = std::numeric_limits<std::int64_t>::min();  ///< SQL's NULL among plain numbers
/// Columns of the table `waiting_rows`: c0, c1 ...
inline constexpr int kWaitingColumns = 12;

class WaitingRows {
 public:
  /// Makes the table known to `database`. This object must outlive the statements that read it, and stay where it is.
  Result<void> add_to(Database& database);
  /// The rows that the table has from now on, one after the other; columns beyond `columns` are NULL.
  void show(std::span<const std::int64_t> values, int columns) {
    values_ = values;
    columns_ = columns;
  }

  [[nodiscard]] std::size_t row_count() const { return values_.size() / static_cast<std::size_t>(columns_); }
  [[nodiscard]] std::int64_t value(std::size_t row, int column) const {
    return column < columns_ ? values_[row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column)]
                             : kSqlNull;
  }

 private:
  std::span<const std::int64_t> values_;
  int columns_ = 1;
};

}  // namespace kscope::record
