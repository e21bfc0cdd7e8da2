#include "engine/disk/disk.h"

#include <algorithm>

#include "engine/core/check.h"

namespace kscope {
namespace {

// A disk that is a million times slower than a slow one needs centuries; what is planned stays within kEndOfTime.
Duration bounded(__int128 ns) {
  const __int128 most = kEndOfTime.time_since_epoch().count();
  return Duration(static_cast<std::int64_t>(std::min(ns, most)));
}

}  // namespace

DiskFile Disk::file(FileId id) const {
  const auto index = static_cast<std::size_t>(id.value);
  return id.is_valid() && index < files_.size() ? files_[index] : DiskFile{};
}

DiskFile& Disk::at(FileId id) {
  KSCOPE_CHECK(id.is_valid(), "a file needs a number");
  const auto index = static_cast<std::size_t>(id.value);
  if (index >= files_.size()) {
    files_.resize(index + 1);
  }
  return files_[index];
}

bool Disk::append(FileId id, std::int64_t position, std::int64_t bytes) {
  KSCOPE_CHECK(bytes >= 0, "an append writes no negative number of bytes");
  if (is_full || is_failing) {
    return false;
  }
  DiskFile& file = at(id);
  KSCOPE_CHECK(position >= file.written, "an append goes forward; truncate first");
  file.written = position;
  is_dirty_ = true;
  return true;
}

void Disk::truncate(FileId id, std::int64_t position) {
  DiskFile& file = at(id);
  file.written = std::min(file.written, position);
  file.flushed = std::min(file.flushed, position);
}

void Disk::mark_flushed(FileId id, std::int64_t position) {
  DiskFile& file = at(id);
  file.flushed = std::max(file.flushed, std::min(position, file.written));
}

void Disk::mark_all_flushed() {
  for (DiskFile& file : files_) {
    file.flushed = file.written;
  }
  is_dirty_ = false;
}

void Disk::lose_unflushed() {
  for (DiskFile& file : files_) {
    file.written = file.flushed;
  }
  is_dirty_ = false;
}

Duration Disk::write_time(std::int64_t bytes) const {
  const std::int64_t rate = std::max<std::int64_t>(speed_.bytes_per_s, 1);
  return bounded(static_cast<__int128>(bytes) * 1'000'000'000 / rate * slow_factor);
}

Duration Disk::flush_time() const { return bounded(static_cast<__int128>(speed_.flush_latency.count()) * slow_factor); }

}  // namespace kscope
