// What tests see and order: the count of calls, failures, what lives, and whether the context is broken.
#include "standin.h"

namespace standin {

static long calls, failAt = -1, living[KINDS];
static int failWith;
static CUresult brokenWith;
static std::string failed, reason;

std::recursive_mutex& mutex() {
    static std::recursive_mutex* one = new std::recursive_mutex; // never destroyed: threads may outlive main
    return *one;
}

int enter(const char* name) {
    if (++calls != failAt) {
        return 0;
    }
    failed = name;
    return failWith;
}

CUresult broken() {
    return brokenWith;
}

CUresult breaks(CUresult code, const std::string& why) {
    if (!brokenWith) {
        brokenWith = code;
        reason = why;
    }
    return code;
}

void born(Kind kind) {
    living[kind]++;
}

void dead(Kind kind) {
    living[kind]--;
}

}

using namespace standin;

// Calls so far, of all libraries.
API long standinCalls() {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    return calls;
}

// Makes the n-th call from now on fail with a code; 0 makes none fail.
API void standinFailAt(long n, int code) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    failAt = n > 0 ? calls + n : -1;
    failWith = code;
    failed.clear();
}

// The name of the call that was made to fail, or an empty text where that has not happened.
API const char* standinFailed() {
    return failed.c_str();
}

// How many of a kind are alive.
API long standinLiving(int kind) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    return living[kind];
}

// Why the context is broken, or an empty text.
API const char* standinReason() {
    return reason.c_str();
}

// Forgets what broke the context.
API void standinMend() {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    brokenWith = CUDA_SUCCESS;
    reason.clear();
}
