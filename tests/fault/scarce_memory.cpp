// Memory that runs out: the n-th allocation of C++ or of SQLite fails, once or until there is memory again.
#include "scarce_memory.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

namespace {

std::atomic<bool> counts{false}, goes_on{false}, struck_once{false};
std::atomic<std::int64_t> left{0};

bool refused() noexcept {
    if (!counts.load(std::memory_order_relaxed)) return false;
    const std::int64_t before = left.fetch_sub(1);
    if (before > 1 || (before < 1 && !goes_on)) return false;
    struck_once = true;
    errno = ENOMEM;
    return true;
}

sqlite3_mem_methods plain{};

/// Before anybody uses SQLite.
const int replaced = [] {
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
    sqlite3_mem_methods scarce = plain;
    scarce.xMalloc = [](int size) -> void* { return refused() ? nullptr : plain.xMalloc(size); };
    scarce.xRealloc = [](void* old, int size) -> void* { return refused() ? nullptr : plain.xRealloc(old, size); };
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &scarce);
}();

void* allocate(std::size_t size) noexcept { return replaced != SQLITE_OK || refused() ? nullptr : std::malloc(size == 0 ? 1 : size); }

void* allocate(std::size_t size, std::align_val_t at) noexcept {
    const auto alignment = static_cast<std::size_t>(at);
    return refused() ? nullptr : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* required(void* got) {
    if (got == nullptr) throw std::bad_alloc();
    return got;
}

}  // namespace

void* operator new(std::size_t size) { return required(allocate(size)); }
void* operator new[](std::size_t size) { return required(allocate(size)); }
void* operator new(std::size_t size, std::align_val_t at) { return required(allocate(size, at)); }
void* operator new[](std::size_t size, std::align_val_t at) { return required(allocate(size, at)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* gone) noexcept { std::free(gone); }
void operator delete[](void* gone) noexcept { std::free(gone); }
void operator delete(void* gone, std::size_t) noexcept { std::free(gone); }
void operator delete[](void* gone, std::size_t) noexcept { std::free(gone); }
void operator delete(void* gone, std::align_val_t) noexcept { std::free(gone); }
void operator delete[](void* gone, std::align_val_t) noexcept { std::free(gone); }
void operator delete(void* gone, std::size_t, std::align_val_t) noexcept { std::free(gone); }
void operator delete[](void* gone, std::size_t, std::align_val_t) noexcept { std::free(gone); }
void operator delete(void* gone, const std::nothrow_t&) noexcept { std::free(gone); }
void operator delete[](void* gone, const std::nothrow_t&) noexcept { std::free(gone); }

namespace tests {

scarce_memory::scarce_memory(std::uint64_t n, lasting how) noexcept {
    left = static_cast<std::int64_t>(n);
    goes_on = how == lasting::on;
    struck_once = false;
}

bool scarce_memory::struck() const noexcept { return struck_once; }

scarce_memory::counting::counting() noexcept { counts = true; }
scarce_memory::counting::~counting() { counts = false; }

}  // namespace tests
