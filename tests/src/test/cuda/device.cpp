// One device with the limits of compute capability 9.0, and its primary context.
#include "standin.h"
#include <cstring>
#include <map>

namespace standin {

static bool initialized;
static long retained;
static thread_local CUcontext entered;
static char contextItself;

static const std::map<int, int> ATTRIBUTES = {
    {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1024},
    {CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1000000},
    {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 4},
    {CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 1000000},
    {CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 256},
    {CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 1 << 22},
    {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 9},
    {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 0},
    {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 232448},
};

static const std::map<int, std::pair<const char*, const char*>> ERRORS = {
    {0, {"CUDA_SUCCESS", "no error"}},
    {1, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
    {2, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
    {3, {"CUDA_ERROR_NOT_INITIALIZED", "initialization error"}},
    {100, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
    {101, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
    {200, {"CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"}},
    {201, {"CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}},
    {400, {"CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"}},
    {500, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
    {600, {"CUDA_ERROR_NOT_READY", "device not ready"}},
    {700, {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
    {719, {"CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}},
};

bool hasContext() {
    return retained && entered;
}

// A call about a device, which needs no context.
template <class Body> static CUresult about(const char* name, CUdevice device, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    CUresult failure = CUresult(enter(name));
    return failure ? failure : !initialized ? CUDA_ERROR_NOT_INITIALIZED
            : device ? CUDA_ERROR_INVALID_DEVICE : body();
}

}

using namespace standin;

API CUresult cuInit(unsigned) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    initialized = true;
    return CUresult(enter(__func__));
}

API CUresult cuDriverGetVersion(int* version) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    *version = 13010;
    return CUresult(enter(__func__));
}

API CUresult cuGetErrorName(CUresult error, const char** name) {
    auto found = ERRORS.find(error);
    *name = found == ERRORS.end() ? nullptr : found->second.first;
    return *name ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuGetErrorString(CUresult error, const char** text) {
    auto found = ERRORS.find(error);
    *text = found == ERRORS.end() ? nullptr : found->second.second;
    return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuDeviceGetCount(int* count) {
    return about(__func__, 0, [&] {
        *count = 1;
        return CUDA_SUCCESS;
    });
}

API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    return about(__func__, ordinal, [&] {
        *device = ordinal;
        return CUDA_SUCCESS;
    });
}

API CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
    return about(__func__, device, [&] {
        strncpy(name, "Stand-in", length);
        return CUDA_SUCCESS;
    });
}

API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
    return about(__func__, device, [&] {
        *bytes = memorySize();
        return CUDA_SUCCESS;
    });
}

API CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice device) {
    return about(__func__, device, [&] {
        auto found = ATTRIBUTES.find(attribute);
        if (found == ATTRIBUTES.end()) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *value = found->second;
        return CUDA_SUCCESS;
    });
}

API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    return about(__func__, device, [&] {
        retained++;
        born(CONTEXT);
        *context = (CUcontext) &contextItself;
        return CUDA_SUCCESS;
    });
}

API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    CUresult failure = CUresult(enter(__func__));
    if (device || !retained) {
        return INVALID_CONTEXT;
    }
    retained--;
    dead(CONTEXT);
    return failure;
}

API CUresult cuCtxSetCurrent(CUcontext context) {
    return about(__func__, 0, [&] {
        entered = context;
        return !context || (retained && context == (CUcontext) &contextItself) ? CUDA_SUCCESS : INVALID_CONTEXT;
    });
}
