// Runs the threads of a block one after the other, each on a stack of its own, so that they can wait for each other in
// barriers and in the exchanges of a warp.
#include "standin.h"
#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <pthread.h>
#include <cstring>
#include <vector>
#include <sys/mman.h>
#ifndef __x86_64__
#include <ucontext.h>
#endif

struct Index {
    unsigned x, y, z;
};

EXPORT Index threadIdx, blockIdx, blockDim, gridDim;

// Room for what a launch asks for beside the shared memory that kernels declare.
alignas(64) char standin::standinShared[232448];

namespace standin {

constexpr int MOST = 1024, WARP = 32;
constexpr size_t STACK = (32 << 10) + 576; // not a power of two, or all stacks meet in the same lines of the cache

// ---- Switching between stacks

#ifdef __x86_64__
struct Place {
    void* top;
};

asm(R"(
    .text
    .type standin_switch, @function
standin_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov (%rsi), %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
    .size standin_switch, .-standin_switch
)");
extern "C" void standin_switch(Place* from, Place* to);

static void start(Place& place, char* stack, void (*entry)()) {
    void** top = (void**) (stack + STACK) - 2;
    *top = (void*) entry;           // where the first switch returns to, with the stack as after a call
    place.top = top - 6;
}

static void go(Place& from, Place& to) {
    standin_switch(&from, &to);
}
#else
using Place = ucontext_t;

static void start(Place& place, char* stack, void (*entry)()) {
    getcontext(&place);
    place.uc_stack = {};
    place.uc_stack.ss_sp = stack;
    place.uc_stack.ss_size = STACK;
    makecontext(&place, entry, 0);
}

static void go(Place& from, Place& to) {
    swapcontext(&from, &to);
}
#endif

// ---- Threads of a block

enum State { FRESH, READY, AT_BARRIER, IN_WARP, DONE };

struct Thread {
    State state;
    int stack;          // the one it has begun on
    int line;           // where it waits
    unsigned mask;      // of the lanes that it waits for
    int source;         // the lane whose value it wants
    uint64_t value;     // what it gives, and then what it gets
    unsigned votes;     // lanes whose value is not 0
    Index index;
};

static Thread threads[MOST];
static Place places[MOST], scheduler;
static char* stacks;
static std::vector<int> freeStacks;
static int count, current, alive, waiting;
static unsigned lanesLeft[MOST / WARP], lanesCome[MOST / WARP]; // of each warp: not ended, and waiting for others
static int barrierLine;
static bool descending;
static void (*body)(void**);
static void** bodyArguments;
static std::string trouble;

static void loop() {
    for (;;) {
        body(bodyArguments);
        threads[current].state = DONE;
        go(places[threads[current].stack], scheduler);
    }
}

// At first, and after a kernel that ended in the middle of its threads.
static void freshStacks() {
    if (!stacks) {
        stacks = (char*) mmap(nullptr, STACK * MOST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    freeStacks.clear();
    for (int i = MOST - 1; i >= 0; i--) {
        freeStacks.push_back(i);
        start(places[i], stacks + i * STACK, loop);
    }
}

static void yield() {
    go(places[threads[current].stack], scheduler);
    threadIdx = threads[current].index;
}

static void resume(int thread) {
    current = thread;
    threadIdx = threads[thread].index;
    if (threads[thread].state == FRESH) {
        threads[thread].stack = freeStacks.back();
        freeStacks.pop_back();
    }
    threads[thread].state = READY;
    go(scheduler, places[threads[thread].stack]);
    if (threads[thread].state == DONE) {
        freeStacks.push_back(threads[thread].stack);
        alive--;
        lanesLeft[thread / WARP] &= ~(1u << thread % WARP);
    }
}

static bool opensBarrier() {
    if (!alive || waiting < alive) {
        return false;
    }
    unsigned votes = 0;
    for (int t = 0; t < count; t++) {
        votes += threads[t].state == AT_BARRIER && threads[t].value;
    }
    for (int t = 0; t < count; t++) {
        if (threads[t].state == AT_BARRIER) {
            threads[t].state = READY;
            threads[t].votes = votes;
        }
    }
    waiting = 0;
    return true;
}

// Lets the lanes go on that wait for each other, once all of them that still run have come.
static bool opensWarp(int thread) {
    int number = thread / WARP;
    unsigned here = threads[thread].mask & lanesLeft[number];
    if ((lanesCome[number] & here) != here) {
        return false;
    }
    Thread* warp = threads + number * WARP;
    unsigned votes = 0;
    uint64_t given[WARP];
    memset(given, 0xFF, sizeof given); // what lanes give that are not there
    for (int lane = 0; lane < WARP; lane++) {
        if (!(here >> lane & 1)) {
            continue;
        }
        if (warp[lane].mask != threads[thread].mask || warp[lane].line != threads[thread].line) {
            trouble = "lanes of a warp meet at lines " + std::to_string(threads[thread].line) + " and "
                    + std::to_string(warp[lane].line) + ", or with other masks";
        }
        given[lane] = warp[lane].value;
        votes |= unsigned(warp[lane].value != 0) << lane;
    }
    for (int lane = 0; lane < WARP; lane++) {
        if (here >> lane & 1) {
            warp[lane].value = given[warp[lane].source & (WARP - 1)];
            warp[lane].votes = votes;
            warp[lane].state = READY;
        }
    }
    lanesCome[number] &= ~here;
    return true;
}

static CUresult runBlock() {
    alive = count;
    waiting = 0;
    memset(lanesLeft, 0, sizeof lanesLeft);
    memset(lanesCome, 0, sizeof lanesCome);
    for (int t = 0; t < count; t++) {
        threads[t].state = FRESH;
        lanesLeft[t / WARP] |= 1u << t % WARP;
    }
    while (alive) {
        bool moved = false;
        for (int i = 0; i < count; i++) {
            int t = descending ? count - 1 - i : i;
            if (threads[t].state == FRESH || threads[t].state == READY) {
                resume(t);
                moved = true;
            }
        }
        for (int t = 0; t < count; t++) { // a thread that ended may have been the last that others waited for
            moved |= threads[t].state == IN_WARP && opensWarp(t);
        }
        moved |= opensBarrier();
        if (!moved) {
            trouble = "threads wait for each other forever, one at line " + std::to_string(threads[current].line);
        }
        if (!trouble.empty()) {
            return LAUNCH_FAILED;
        }
    }
    return CUDA_SUCCESS;
}

// ---- Faults of kernels

static sigjmp_buf escape;
static volatile sig_atomic_t running;
static pthread_t runner;
static struct sigaction before[NSIG];

static void fault(int signal, siginfo_t* info, void* context) {
    if (running && pthread_equal(runner, pthread_self())) {
        siglongjmp(escape, signal);
    }
    const struct sigaction& old = before[signal];
    if (old.sa_flags & SA_SIGINFO) {
        old.sa_sigaction(signal, info, context);
    } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
        old.sa_handler(signal);
    } else {
        sigaction(signal, &old, nullptr); // as it comes again, it does what it would have done
    }
}

static void catchFaults() {
    struct sigaction ours = {};
    ours.sa_sigaction = fault;
    ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        sigaction(signal, &ours, &before[signal]);
    }
}

CUresult run(const Grid& grid, void (*thread)(void**), void** arguments, const std::string& kernel) {
    static bool ready = (catchFaults(), true);
    (void) ready;
    if (freeStacks.size() != MOST) {
        freshStacks();
    }
    body = thread;
    bodyArguments = arguments;
    trouble.clear();
    blockDim = {grid.threads[0], grid.threads[1], grid.threads[2]};
    gridDim = {grid.blocks[0], grid.blocks[1], grid.blocks[2]};
    count = blockDim.x * blockDim.y * blockDim.z;
    for (int t = 0; t < count; t++) {
        threads[t].index = {t % blockDim.x, t / blockDim.x % blockDim.y, t / (blockDim.x * blockDim.y)};
    }
    runner = pthread_self();
    if (int signal = sigsetjmp(escape, 1)) {
        running = false;
        freeStacks.clear();
        return breaks(CUDA_ERROR_ILLEGAL_ADDRESS, kernel + ": signal " + std::to_string(signal) + " in block "
                + std::to_string(blockIdx.x) + ", thread " + std::to_string(current));
    }
    running = true;
    uint64_t blocks = uint64_t(gridDim.x) * gridDim.y * gridDim.z;
    CUresult result = CUDA_SUCCESS;
    for (uint64_t i = 0; i < blocks && !result; i++) {
        uint64_t b = descending ? blocks - 1 - i : i;
        blockIdx = {unsigned(b % gridDim.x), unsigned(b / gridDim.x % gridDim.y),
                unsigned(b / (uint64_t(gridDim.x) * gridDim.y))};
        result = runBlock();
    }
    running = false;
    return result ? breaks(result, kernel + ": " + trouble) : result;
}

}

using namespace standin;

// The order in which threads and blocks run: what misses a barrier gives other results in the other order.
API void standinDescending(int on) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    descending = on;
}

// ---- What kernels call

// Waits for all threads of the block that have not ended; returns how many came with a predicate.
API unsigned standinBarrier(int line, bool predicate) {
    Thread& me = threads[current];
    if (waiting && line != barrierLine) {
        trouble = "threads of a block meet at barriers of lines " + std::to_string(barrierLine) + " and "
                + std::to_string(line);
    }
    barrierLine = line;
    me.line = line;
    me.value = predicate;
    me.state = AT_BARRIER;
    waiting++;
    if (!opensBarrier()) {
        yield();
    }
    return me.votes;
}

// Exchanges values among the lanes of a mask; returns the votes, and in value what the source lane gave.
API unsigned standinWarp(int line, unsigned mask, uint64_t* value, int source) {
    Thread& me = threads[current];
    if (!(mask >> current % WARP & 1)) {
        trouble = "a lane is not in its own mask at line " + std::to_string(line);
    }
    me.line = line;
    me.mask = mask;
    me.value = *value;
    me.source = source;
    me.state = IN_WARP;
    lanesCome[current / WARP] |= 1u << current % WARP;
    if (!opensWarp(current)) {
        yield();
    }
    *value = me.value;
    return me.votes;
}
