// Modules and launches.
#include "standin.h"
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <vector>
#include <dlfcn.h>

struct CUfunc_st {
    std::string name;
    void (*call)(void**);
    void (*poison)();
    std::vector<size_t> sizes;  // of its arguments, in bytes
    int mostShared = 48 << 10;
};

struct CUmod_st {
    void* library;
    std::map<std::string, std::unique_ptr<CUfunc_st>> functions;
};

namespace standin {

static std::set<CUmodule> modules;

static bool isFunction(CUfunction function) {
    for (CUmodule module : modules) {
        for (auto& [_, one] : module->functions) {
            if (one.get() == function) {
                return true;
            }
        }
    }
    return false;
}

static CUresult load(CUmodule* out, const char* bytes) {
    Image image;
    memcpy(&image, bytes, sizeof image);
    if (memcmp(image.magic, Image::MAGIC, sizeof image.magic)) {
        return INVALID_IMAGE;
    }
    const char* flags = bytes + sizeof image;
    const char* text = flags + image.flagBytes;
    std::string object, log;
    if (!compile({text, image.textBytes}, {flags, image.flagBytes}, object, log)) {
        return INVALID_IMAGE;
    }
    void* library = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "stand-in: %s\n", dlerror());
        return INVALID_IMAGE;
    }
    *out = new CUmod_st{library, {}};
    modules.insert(*out);
    born(MODULE);
    return CUDA_SUCCESS;
}

static CUresult find(CUfunction* out, CUmodule module, const std::string& name) {
    if (!modules.count(module)) {
        return INVALID_HANDLE;
    }
    std::unique_ptr<CUfunc_st>& entry = module->functions[name];
    if (!entry) {
        auto call = (void (*)(void**)) dlsym(module->library, ("standinCall_" + name).c_str());
        auto count = (int (*)(size_t*)) dlsym(module->library, ("standinSizes_" + name).c_str());
        if (!call) {
            module->functions.erase(name);
            return NOT_FOUND;
        }
        size_t sizes[256];
        int length = count(sizes);
        auto poison = (void (*)()) dlsym(module->library, "standinPoison");
        entry.reset(new CUfunc_st{name, call, poison, {sizes, sizes + length}});
    }
    *out = entry.get();
    return CUDA_SUCCESS;
}

static bool fits(const Grid& grid) {
    unsigned threads = grid.threads[0] * grid.threads[1] * grid.threads[2];
    return grid.blocks[0] >= 1 && grid.blocks[0] <= 0x7fffffff && grid.blocks[1] >= 1 && grid.blocks[1] <= 65535
            && grid.blocks[2] >= 1 && grid.blocks[2] <= 65535 && grid.threads[0] <= 1024 && grid.threads[1] <= 1024
            && grid.threads[2] <= 64 && threads >= 1 && threads <= 1024;
}

// What work needs of a launch when its caller has gone on: arguments are copied.
static std::function<CUresult()> work(CUfunction function, const Grid& grid, size_t shared, void** parameters) {
    std::vector<std::vector<char>> values;
    for (size_t i = 0; i < function->sizes.size(); i++) {
        const char* value = (const char*) parameters[i];
        values.emplace_back(value, value + function->sizes[i]);
    }
    CUfunc_st copy = *function;
    return [=]() mutable {
        std::vector<void*> addresses;
        for (std::vector<char>& value : values) {
            addresses.push_back(value.data());
        }
        memset(standinShared, 0xFF, shared);
        copy.poison();
        return run(grid, copy.call, addresses.data(), copy.name);
    };
}

}

using namespace standin;

API CUresult cuModuleLoadData(CUmodule* module, const void* image) {
    return call(__func__, [&] { return load(module, (const char*) image); });
}

API CUresult cuModuleUnload(CUmodule module) {
    return release(__func__, [&] {
        drainAll();
        if (!modules.erase(module)) {
            return INVALID_HANDLE;
        }
        dlclose(module->library);
        delete module;
        dead(MODULE);
        return CUDA_SUCCESS;
    });
}

API CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
    return call(__func__, [&] { return find(function, module, name); });
}

API CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
    return call(__func__, [&] {
        if (!isFunction(function)) {
            return INVALID_HANDLE;
        }
        if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value > int(sizeof standinShared)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        function->mostShared = value;
        return CUDA_SUCCESS;
    });
}

API CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
        unsigned blockY, unsigned blockZ, unsigned sharedBytes, CUstream stream, void** parameters, void** extra) {
    return call(__func__, [&] {
        Grid grid = {{gridX, gridY, gridZ}, {blockX, blockY, blockZ}};
        if (!isFunction(function)) {
            return INVALID_HANDLE;
        }
        if (!fits(grid) || extra || int(sharedBytes) > function->mostShared) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        return submit(stream, work(function, grid, sharedBytes, parameters));
    });
}
