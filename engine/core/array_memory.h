#pragma once
// ArrayMemory<T>: allocator of a std::vector that grows large and is read here and there, not from front to back. Elements
// begin on a cache line, so one of 64 bytes costs one line. Blocks of 2 MB and more ask for large pages, where the system
// has them for the asking (Linux, transparent huge pages "madvise"): with small ones nearly every look at an array of a
// million elements is also a walk through the page table.

#include <cstddef>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace kscope {

inline constexpr std::size_t kCacheLineBytes = 64;
inline constexpr std::size_t kLargePageBytes = std::size_t{1} << 21;

template <class T>
struct ArrayMemory {
  using value_type = T;

  ArrayMemory() = default;
  template <class U>
  ArrayMemory(const ArrayMemory<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* memory = ::operator new(bytes, alignment(bytes));
#ifdef __linux__
    if (bytes >= kLargePageBytes) {
      (void)madvise(memory, bytes, MADV_HUGEPAGE);  // A wish: refused, it changes nothing.
    }
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) { ::operator delete(memory, alignment(count * sizeof(T))); }

  bool operator==(const ArrayMemory&) const = default;

 private:
  static std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t{bytes >= kLargePageBytes ? kLargePageBytes : kCacheLineBytes};
  }
};

}  // namespace kscope
