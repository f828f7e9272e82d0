// Memory of the device. Each allocation ends at a page that nobody may touch, is filled with NaN, and has marks around
// it that are checked when it is freed.
#include "standin.h"
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>
#include <sys/mman.h>

namespace standin {

constexpr size_t PAGE = 4096;
constexpr size_t ALIGN = 256;
constexpr unsigned char MARK = 0xC5;
constexpr unsigned char POISON = 0xFF; // NaN as float, double and bf16, -1 as int

struct Allocation {
    size_t bytes;
    char* pages;    // the first that may be touched
    size_t length;  // of those that may be touched
};

static std::map<uint64_t, Allocation> device;
static std::map<uint64_t, size_t> pinned;
static size_t total = size_t(8) << 30, used;

static size_t sizeOf(const Allocation& allocation) {
    return allocation.bytes;
}

static size_t sizeOf(size_t bytes) {
    return bytes;
}

template <class Map> static bool covers(const Map& map, uint64_t address, size_t bytes) {
    auto after = map.upper_bound(address);
    if (after == map.begin()) {
        return false;
    }
    auto& [start, entry] = *std::prev(after);
    return address - start <= sizeOf(entry) && bytes <= sizeOf(entry) - (address - start);
}

bool isDevice(uint64_t address, size_t bytes) {
    return covers(device, address, bytes);
}

bool isPinned(const void* address, size_t bytes) {
    return covers(pinned, uint64_t(address), bytes);
}

size_t memorySize() {
    return total;
}

static CUresult allocate(CUdeviceptr* address, size_t bytes) {
    if (!bytes) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (bytes > total - used) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    size_t room = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    size_t length = (room + ALIGN + PAGE - 1) / PAGE * PAGE;
    void* whole = mmap(nullptr, length + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (whole == MAP_FAILED) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    char* pages = (char*) whole + PAGE;
    char* start = pages + length - room;
    mprotect(pages, length, PROT_READ | PROT_WRITE);
    memset(pages, MARK, start - pages);
    memset(start, POISON, bytes);
    memset(start + bytes, MARK, room - bytes);
    *address = CUdeviceptr(start);
    device[*address] = {bytes, pages, length};
    used += bytes;
    born(DEVICE_MEMORY);
    return CUDA_SUCCESS;
}

static bool isMarked(const char* from, const char* to) {
    while (from < to && (unsigned char) *from == MARK) {
        from++;
    }
    return from == to;
}

static CUresult drop(uint64_t address) {
    auto found = device.find(address);
    if (found == device.end()) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    Allocation it = found->second;
    const char* start = (const char*) address;
    bool whole = isMarked(it.pages, start) && isMarked(start + it.bytes, it.pages + it.length);
    munmap(it.pages - PAGE, it.length + 2 * PAGE);
    device.erase(found);
    used -= it.bytes;
    dead(DEVICE_MEMORY);
    return whole ? CUDA_SUCCESS : breaks(CUDA_ERROR_ILLEGAL_ADDRESS,
            "something was written beside an allocation of " + std::to_string(it.bytes) + " bytes");
}

static CUresult move(CUstream stream, void* to, const void* from, size_t bytes) {
    return submit(stream, [=] {
        memmove(to, from, bytes);
        return CUDA_SUCCESS;
    });
}

}

using namespace standin;

// Sets how much memory the device seems to have.
API void standinMemory(size_t bytes) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    total = bytes;
}

API CUresult cuMemGetInfo_v2(size_t* free, size_t* whole) {
    return call(__func__, [&] {
        *free = total - used;
        *whole = total;
        return CUDA_SUCCESS;
    });
}

API CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t bytes) {
    return call(__func__, [&] { return allocate(address, bytes); });
}

API CUresult cuMemFree_v2(CUdeviceptr address) {
    return release(__func__, [&] {
        drainAll();
        return address ? drop(address) : CUDA_SUCCESS;
    });
}

API CUresult cuMemAllocHost_v2(void** address, size_t bytes) {
    return call(__func__, [&] {
        if (!bytes || posix_memalign(address, PAGE, bytes)) {
            return CUDA_ERROR_OUT_OF_MEMORY;
        }
        memset(*address, POISON, bytes);
        pinned[uint64_t(*address)] = bytes;
        born(HOST_MEMORY);
        return CUDA_SUCCESS;
    });
}

API CUresult cuMemFreeHost(void* address) {
    return release(__func__, [&] {
        drainAll();
        if (!pinned.erase(uint64_t(address))) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        free(address);
        dead(HOST_MEMORY);
        return CUDA_SUCCESS;
    });
}

API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
    return call(__func__, [&] {
        if (!isDevice(to, bytes) || (bytes && !from)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        if (isPinned(from, bytes)) {
            return move(stream, (void*) to, from, bytes);
        }
        std::vector<char> copy((const char*) from, (const char*) from + bytes); // as the driver does it
        return submit(stream, [=] {
            memcpy((void*) to, copy.data(), bytes);
            return CUDA_SUCCESS;
        });
    });
}

API CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return call(__func__, [&] {
        if (!isDevice(from, bytes) || (bytes && !to)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        CUresult result = move(stream, to, (const void*) from, bytes);
        return result || isPinned(to, bytes) ? result : drainAll(); // the driver waits where memory may be paged
    });
}

API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return call(__func__, [&] {
        return isDevice(to, bytes) && isDevice(from, bytes) ? move(stream, (void*) to, (const void*) from, bytes)
                : CUDA_ERROR_INVALID_VALUE;
    });
}

API CUresult cuMemsetD8Async(CUdeviceptr address, unsigned char value, size_t bytes, CUstream stream) {
    return call(__func__, [&] {
        if (!isDevice(address, bytes)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        return submit(stream, [=] {
            memset((void*) address, value, bytes);
            return CUDA_SUCCESS;
        });
    });
}
