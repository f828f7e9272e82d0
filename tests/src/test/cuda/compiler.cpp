// Makes shared objects of the text of kernels with g++, and keeps them by their content.
#include "standin.h"
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace standin {

static const char* const SHARED = " static __attribute__((section(\"standin_shared\")))";

static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
}

static void write(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

// The path of the library that this code is in: kernels are linked with it.
static std::string library() {
    Dl_info info;
    dladdr((void*) &library, &info);
    return realpath(info.dli_fname, nullptr);
}

static std::string hash(const std::string& content) {
    uint64_t a = 0xcbf29ce484222325, b = 0x9e3779b97f4a7c15;
    for (unsigned char c : content) {
        a = (a ^ c) * 0x100000001b3;
        b = (b + c) * 0xd6e8feb86659fd93;
        b ^= b >> 32;
    }
    char text[33];
    snprintf(text, sizeof text, "%016lx%016lx", (unsigned long) a, (unsigned long) b);
    return text;
}

static bool spawn(const std::vector<std::string>& words, const std::string& output) {
    std::vector<char*> arguments;
    for (const std::string& word : words) {
        arguments.push_back((char*) word.c_str());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 2, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    pid_t process;
    int status = -1;
    int failure = posix_spawnp(&process, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    while (!failure && waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return !failure && status == 0;
}

static bool isWord(char c) {
    return isalnum((unsigned char) c) || c == '_';
}

static size_t skipSpace(const std::string& text, size_t at) {
    while (at < text.size() && isspace((unsigned char) text[at])) {
        at++;
    }
    return at;
}

static size_t afterParentheses(const std::string& text, size_t at) {
    int depth = 0;
    do {
        depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
        at++;
    } while (depth && at < text.size());
    return at;
}

// Whether the mark stands at this place; takes it away and says so.
static bool take(std::string& text, size_t at, const std::string& mark) {
    if (text.compare(at, mark.size(), mark)) {
        return false;
    }
    text.erase(at, mark.size());
    return true;
}

// Takes one declaration of shared memory whose size is known at launch, such as "extern __shared__ float row[];".
static std::string launchTimeMemory(std::string declared) {
    for (const char* word : {"alignas", "__attribute__"}) { // the memory of launches is aligned as it is
        size_t at = declared.find(word);
        if (at != std::string::npos) {
            declared.erase(at, afterParentheses(declared, declared.find('(', at)) - at);
        }
    }
    size_t bracket = declared.find('[');
    size_t end = bracket;
    while (end && isspace((unsigned char) declared[end - 1])) {
        end--;
    }
    size_t from = end;
    while (from && isWord(declared[from - 1])) {
        from--;
    }
    std::string type = declared.substr(0, from);
    return "static " + type + "* const " + declared.substr(from, end - from) + " = (" + type + "*) standinShared;";
}

// Replaces the marks of kernel.h in preprocessed text, and tells the kernels' names.
static std::string replaced(std::string text, std::vector<std::string>& kernels) {
    const std::string global = "__standin_global__", shared = "__standin_shared__", outer = "extern ";
    for (size_t at = 0; (at = text.find("__standin_", at)) != std::string::npos;) {
        if (take(text, at, global)) {
            size_t name = text.find("void", at);
            name = skipSpace(text, name == std::string::npos ? at : name + 4);
            size_t end = name;
            while (end < text.size() && isWord(text[end])) {
                end++;
            }
            kernels.push_back(text.substr(name, end - name));
        } else if (take(text, at, shared)) {
            if (at >= outer.size() && !text.compare(at - outer.size(), outer.size(), outer)) {
                size_t end = text.find(';', at);
                std::string whole = launchTimeMemory(text.substr(at, end - at));
                text.replace(at - outer.size(), end + 1 - at + outer.size(), whole);
            } else {
                size_t word = skipSpace(text, at), end = word; // g++ wants it before "static"
                if (!text.compare(word, 7, "alignas")) {
                    end = afterParentheses(text, text.find('(', word));
                }
                text.insert(end, SHARED);
            }
        } else {
            at++;
        }
    }
    return text;
}

static std::string launchers(const std::vector<std::string>& kernels) {
    std::string text = "\n# 1 \"launchers\"\n"
            "extern \"C\" char __start_standin_shared[] __attribute__((weak, visibility(\"hidden\")));\n"
            "extern \"C\" char __stop_standin_shared[] __attribute__((weak, visibility(\"hidden\")));\n"
            "extern \"C\" void standinPoison() { if (__start_standin_shared) __builtin_memset(__start_standin_shared,"
            " 0xFF, __stop_standin_shared - __start_standin_shared); }\n";
    for (const std::string& kernel : kernels) {
        text += "extern \"C\" void standinCall_" + kernel + "(void** a) { standin::call(" + kernel + ", a); }\n"
                "extern \"C\" int standinSizes_" + kernel + "(size_t* b) { return standin::sizes(" + kernel
                + ", b); }\n";
    }
    return text;
}

bool compile(const std::string& text, const std::string& flags, std::string& object, std::string& log) {
    std::string self = library();
    std::string folder = self.substr(0, self.rfind('/')) + "/kernels";
    mkdir(folder.c_str(), 0755);
    std::string name = folder + "/" + hash(read(STANDIN_HEADER) + '\n' + flags + '\n' + text);
    object = name + ".so";
    if (access(object.c_str(), R_OK) == 0) {
        return true;
    }
    std::string own = name + "." + std::to_string(getpid());
    std::string source = own + ".cu", plain = own + ".ii", errors = own + ".log", made = own + ".so";
    std::vector<std::string> command = {"g++", "-x", "c++", "-std=gnu++17", "-w"};
    std::istringstream lines(flags);
    for (std::string flag; std::getline(lines, flag);) {
        command.push_back(flag);
    }
    write(source, "#line 1 \"kernels\"\n" + text);
    std::vector<std::string> preprocess = command;
    preprocess.insert(preprocess.end(), {"-E", "-include", STANDIN_HEADER, source, "-o", plain});
    bool done = spawn(preprocess, errors);
    if (done) {
        std::vector<std::string> kernels;
        std::string marked = replaced(read(plain), kernels);
        write(plain, marked + launchers(kernels));
        command.insert(command.end(), {"-O1", "-march=native", "-fno-math-errno", "-fno-trapping-math",
                "-fno-strict-aliasing", "-fwrapv", "-fpreprocessed", "-fPIC", "-shared", plain, "-x", "none", self,
                "-lm", "-o", made});
        done = spawn(command, errors);
    }
    log = read(errors);
    if (done) {
        rename(made.c_str(), object.c_str());
    }
    for (const std::string& path : {source, plain, errors}) {
        unlink(path.c_str());
    }
    return done;
}

}
