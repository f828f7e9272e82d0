// What the libraries of the stand-in share: the call counter, failures to order, streams and memory. The prototypes are
// those that the bindings are generated from, so a signature that differs does not compile.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

extern "C" {
#include <driver.h>
}

#define EXPORT __attribute__((visibility("default")))
#define API extern "C" EXPORT

namespace standin {

// Errors that the bindings have no name for.
constexpr CUresult INVALID_IMAGE = CUresult(200);
constexpr CUresult INVALID_CONTEXT = CUresult(201);
constexpr CUresult INVALID_HANDLE = CUresult(400);
constexpr CUresult NOT_FOUND = CUresult(500);
constexpr CUresult LAUNCH_FAILED = CUresult(719);

// One lock over everything: the stand-in shows what is wrong, not how fast it is.
std::recursive_mutex& mutex();

// Counts a call; not 0 where it was ordered to fail.
int enter(const char* name);

// The error that a kernel left in the context, which all later calls return as well; 0 while all is well.
CUresult broken();
CUresult breaks(CUresult code, const std::string& why);

// Whether the calling thread has made a context its own.
bool hasContext();

// A call that needs a context, and does nothing where it fails.
template <class Body> CUresult call(const char* name, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    CUresult failure = CUresult(enter(name));
    return failure ? failure : !hasContext() ? INVALID_CONTEXT : broken() ? broken() : body();
}

// A call that gives something back: it does so, and then fails, as after an error of earlier work.
template <class Body> CUresult release(const char* name, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    CUresult failure = CUresult(enter(name));
    CUresult result = hasContext() ? body() : INVALID_CONTEXT;
    return failure ? failure : result;
}

// What is counted while it lives.
enum Kind { DEVICE_MEMORY, HOST_MEMORY, STREAM, EVENT, MODULE, CONTEXT, PROGRAM, HANDLE, DESCRIPTOR, KINDS };
void born(Kind kind);
void dead(Kind kind);

// Gives work to a stream, to be done when somebody waits for it (or now, where streams are eager).
CUresult submit(CUstream stream, std::function<CUresult()> work);
CUresult drainAll();

// Whether memory of the device, or pinned memory, covers these bytes.
bool isDevice(uint64_t address, size_t bytes);
bool isPinned(const void* address, size_t bytes);

size_t memorySize();

// Shared memory whose size launches choose.
extern "C" EXPORT char standinShared[232448];

struct Grid {
    unsigned blocks[3];
    unsigned threads[3];
};

// Runs every thread of a grid; returns the error that the grid ran into.
CUresult run(const Grid& grid, void (*thread)(void**), void** arguments, const std::string& kernel);

// The text that stands for a compiled program: what NVRTC makes of it, and modules are loaded from.
struct Image {
    static constexpr char MAGIC[16] = "stand-in image";
    char magic[16];
    uint64_t flagBytes;     // after the image: flags of the compiler, one a line
    uint64_t textBytes;     // after the flags
};

// Compiles the text of kernels to a shared object in the cache; the log tells what the compiler said.
bool compile(const std::string& text, const std::string& flags, std::string& object, std::string& log);

}
