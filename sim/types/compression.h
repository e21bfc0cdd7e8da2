#pragma once
// Compression as a ratio of sizes: records have no bytes here, so a codec is how much of their bytes it leaves. The header of
// a batch is never compressed. Source: CompressionType, DefaultRecordBatch, Kafka 3.9.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kscope::sim {

/// Codec of a record batch. The numbers are those in a batch's attributes.
enum class CompressionType : std::uint8_t { NONE = 0, GZIP = 1, SNAPPY = 2, LZ4 = 3, ZSTD = 4 };
inline constexpr std::size_t kCompressionTypeCount = 5;

/// Kafka's name: "none", "gzip", "snappy", "lz4", "zstd".
[[nodiscard]] std::string_view compression_name(CompressionType type);

/// What each codec leaves of the bytes of records, per mille; more than 1000 is content that grows.
/// The defaults were measured in the field: gzip, lz4 and zstd at their default levels with the data set of KIP-390's
/// benchmark (5659 MB became 1644, 2184 and 1495 MB). It has no figure for snappy, which is set a little above lz4.
struct CompressionRatios {
  std::array<std::int32_t, kCompressionTypeCount> per_mille{1000, 291, 450, 386, 264};
  bool operator==(const CompressionRatios&) const = default;
  [[nodiscard]] std::int32_t of(CompressionType type) const { return per_mille[static_cast<std::size_t>(type)]; }
  void set(CompressionType type, std::int32_t value) { per_mille[static_cast<std::size_t>(type)] = value; }
};

/// Bytes that records of `records_size` bytes take when they are compressed, rounded up. NONE leaves them as they are.
/// MODEL: the ratio is the same for all batches; in Kafka large ones compress better than small ones.
[[nodiscard]] std::int32_t compressed_records_size(std::int32_t records_size, CompressionType type,
                                                   const CompressionRatios& ratios);

/// The same for a whole batch, header included: `batch_size` is what it takes uncompressed.
[[nodiscard]] std::int32_t compressed_batch_size(std::int32_t batch_size, CompressionType type,
                                                 const CompressionRatios& ratios);

}  // namespace kscope::sim
