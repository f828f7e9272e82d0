// Streams and events. Work waits until somebody waits for it, so that what forgets to wait sees old values.
#include "standin.h"
#include <deque>
#include <set>

struct CUstream_st {
    bool blocking;              // the default stream waits for it
    uint64_t given = 0;
    uint64_t done = 0;
    std::deque<std::function<CUresult()>> queue;
};

struct CUevent_st {
    CUstream stream = nullptr;  // where it was recorded last
    uint64_t after = 0;         // it has happened when the stream has done so much
};

namespace standin {

static std::set<CUstream> streams;
static std::set<CUevent> events;
static bool lazy = true;

static CUresult drain(CUstream stream, uint64_t upTo) {
    while (stream->done < upTo && !stream->queue.empty()) {
        std::function<CUresult()> work = std::move(stream->queue.front());
        stream->queue.pop_front();
        CUresult result = broken() ? broken() : work();
        stream->done++;
        if (result) {
            breaks(result, "work of a stream failed");
        }
    }
    return broken();
}

CUresult drainAll() {
    for (CUstream stream : streams) {
        drain(stream, UINT64_MAX);
    }
    return broken();
}

CUresult submit(CUstream stream, std::function<CUresult()> work) {
    if (stream && !streams.count(stream)) {
        return INVALID_HANDLE;
    }
    if (stream && lazy) {
        stream->queue.push_back(std::move(work));
        stream->given++;
        return CUDA_SUCCESS;
    }
    for (CUstream other : streams) {
        if (!stream && other->blocking) {
            drain(other, UINT64_MAX);
        }
    }
    CUresult result = broken() ? broken() : work();
    return result ? breaks(result, "work failed") : result;
}

static bool happened(CUevent event) {
    return !streams.count(event->stream) || event->stream->done >= event->after;
}

}

using namespace standin;

// Whether streams let work wait; otherwise it is done when it is given.
API void standinLazy(int on) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    drainAll();
    lazy = on;
}

API CUresult cuStreamCreate(CUstream* stream, unsigned flags) {
    return call(__func__, [&] {
        *stream = new CUstream_st{!(flags & CU_STREAM_NON_BLOCKING), 0, 0, {}};
        streams.insert(*stream);
        born(STREAM);
        return CUDA_SUCCESS;
    });
}

API CUresult cuStreamDestroy_v2(CUstream stream) {
    return release(__func__, [&] {
        if (!streams.count(stream)) {
            return INVALID_HANDLE;
        }
        drain(stream, UINT64_MAX);
        streams.erase(stream);
        delete stream;
        dead(STREAM);
        return CUDA_SUCCESS;
    });
}

API CUresult cuStreamSynchronize(CUstream stream) {
    return call(__func__, [&] {
        if (!stream) {
            return drainAll();
        }
        return streams.count(stream) ? drain(stream, UINT64_MAX) : INVALID_HANDLE;
    });
}

API CUresult cuEventCreate(CUevent* event, unsigned) {
    return call(__func__, [&] {
        *event = new CUevent_st;
        events.insert(*event);
        born(EVENT);
        return CUDA_SUCCESS;
    });
}

API CUresult cuEventDestroy_v2(CUevent event) {
    return release(__func__, [&] {
        if (!events.erase(event)) {
            return INVALID_HANDLE;
        }
        delete event;
        dead(EVENT);
        return CUDA_SUCCESS;
    });
}

API CUresult cuEventRecord(CUevent event, CUstream stream) {
    return call(__func__, [&] {
        if (!events.count(event) || (stream && !streams.count(stream))) {
            return INVALID_HANDLE;
        }
        *event = {stream, stream ? stream->given : 0};
        return CUDA_SUCCESS;
    });
}

API CUresult cuEventSynchronize(CUevent event) {
    return call(__func__, [&] {
        if (!events.count(event)) {
            return INVALID_HANDLE;
        }
        return happened(event) ? broken() : drain(event->stream, event->after);
    });
}

API CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
    return call(__func__, [&] {
        if (!events.count(start) || !events.count(end)) {
            return INVALID_HANDLE;
        }
        if (!happened(start) || !happened(end)) {
            return CUDA_ERROR_NOT_READY;
        }
        *milliseconds = 1; // a stand-in knows no speed
        return CUDA_SUCCESS;
    });
}
