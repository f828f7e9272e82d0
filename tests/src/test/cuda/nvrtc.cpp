// The compiler of kernels: it lets g++ look at the text, and hands it on to modules as it is.
#include "standin.h"
#include <cstring>
#include <set>

extern "C" {
#include <nvrtc.h>
}

struct _nvrtcProgram {
    std::string text;
    std::string flags;
    std::string log;
    std::string image;
};

using namespace standin;

namespace {

constexpr nvrtcResult INVALID_INPUT = nvrtcResult(3);
constexpr nvrtcResult INVALID_PROGRAM = nvrtcResult(4);
constexpr nvrtcResult INVALID_OPTION = nvrtcResult(5);
constexpr nvrtcResult NVRTC_INTERNAL = nvrtcResult(11);

std::set<nvrtcProgram> programs;

template <class Body> nvrtcResult about(const char* name, nvrtcProgram program, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    return enter(name) ? NVRTC_INTERNAL : programs.count(program) ? body() : INVALID_PROGRAM;
}

// What g++ has to know of an option; false where the option is unknown.
bool translate(const std::string& option, std::string& flags) {
    for (const char* ignored : {"--gpu-architecture=", "-arch=", "--std=", "-std=", "--restrict", "-restrict",
            "--use_fast_math", "-use_fast_math", "--device-as-default-execution-space", "-default-device", "-lineinfo",
            "--generate-line-info", "--extra-device-vectorization", "--fmad=true", "-fmad=true"}) {
        if (option.rfind(ignored, 0) == 0) {
            return true;
        }
    }
    if (option == "--fmad=false" || option == "-fmad=false") {
        flags += "-ffp-contract=off\n";
    } else if (option.rfind("-D", 0) == 0 && option.size() > 2) {
        flags += option + "\n";
    } else if (option.rfind("--define-macro=", 0) == 0) {
        flags += "-D" + option.substr(15) + "\n";
    } else {
        return false;
    }
    return true;
}

nvrtcResult compileProgram(nvrtcProgram program, int count, const char* const* options) {
    program->flags.clear();
    for (int i = 0; i < count; i++) {
        if (!translate(options[i], program->flags)) {
            program->log = std::string("unknown option ") + options[i];
            return INVALID_OPTION;
        }
    }
    std::string object;
    if (!compile(program->text, program->flags, object, program->log)) {
        return NVRTC_ERROR_COMPILATION;
    }
    Image image = {{}, program->flags.size(), program->text.size()};
    memcpy(image.magic, Image::MAGIC, sizeof image.magic);
    program->image = std::string((const char*) &image, sizeof image) + program->flags + program->text;
    return NVRTC_SUCCESS;
}

}

API const char* nvrtcGetErrorString(nvrtcResult result) {
    switch (int(result)) {
        case NVRTC_SUCCESS: return "NVRTC_SUCCESS";
        case INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
        case INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
        case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
        case NVRTC_ERROR_COMPILATION: return "NVRTC_ERROR_COMPILATION";
        case NVRTC_INTERNAL: return "NVRTC_ERROR_INTERNAL_ERROR";
        default: return "NVRTC_ERROR unknown";
    }
}

API nvrtcResult nvrtcVersion(int* major, int* minor) {
    *major = 13;
    *minor = 1;
    return enter(__func__) ? NVRTC_INTERNAL : NVRTC_SUCCESS;
}

API nvrtcResult nvrtcCreateProgram(nvrtcProgram* program, const char* source, const char*, int headerCount,
        const char* const*, const char* const*) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    if (enter(__func__)) {
        return NVRTC_INTERNAL;
    }
    if (!source || headerCount) {
        return INVALID_INPUT;
    }
    *program = new _nvrtcProgram{source, "", "", ""};
    programs.insert(*program);
    born(PROGRAM);
    return NVRTC_SUCCESS;
}

API nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    bool fails = enter(__func__);
    if (!programs.erase(*program)) {
        return INVALID_PROGRAM;
    }
    delete *program;
    *program = nullptr;
    dead(PROGRAM);
    return fails ? NVRTC_INTERNAL : NVRTC_SUCCESS;
}

API nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int optionCount, const char* const* options) {
    return about(__func__, program, [&] { return compileProgram(program, optionCount, options); });
}

API nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t* bytes) {
    return about(__func__, program, [&] {
        *bytes = program->image.size();
        return NVRTC_SUCCESS;
    });
}

API nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char* cubin) {
    return about(__func__, program, [&] {
        memcpy(cubin, program->image.data(), program->image.size());
        return NVRTC_SUCCESS;
    });
}

API nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t* bytes) {
    return about(__func__, program, [&] {
        *bytes = program->log.size() + 1;
        return NVRTC_SUCCESS;
    });
}

API nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char* log) {
    return about(__func__, program, [&] {
        memcpy(log, program->log.c_str(), program->log.size() + 1);
        return NVRTC_SUCCESS;
    });
}
