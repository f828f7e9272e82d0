// Graphs of operations on tensors, computed one operation after the other. It is strict where the library that this
// stands for is: attributes have one type, nothing is changed once it is finished, what no memory holds is written
// before it is read, and pointers lie on the device. Of its two engines the first says that its bytes may differ each
// time, and fails where it is used.
#include "standin.h"
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <vector>

extern "C" {
#include <cudnn.h>
}

struct cudnnContext {
    CUstream stream;
};

using namespace standin;

namespace {

constexpr cudnnStatus_t CUDNN_INTERNAL = cudnnStatus_t(4000);
constexpr cudnnStatus_t CUDNN_WRONG_TYPE = cudnnStatus_t(2010);
constexpr cudnnStatus_t CUDNN_WRONG_SHAPE = cudnnStatus_t(2008);
constexpr int AXES = 4;
constexpr size_t WORKSPACE = 1000;
constexpr int ENGINES = 2;

std::set<cudnnHandle_t> graphHandles;
bool refusesPlans;
std::string lastReason;

cudnnStatus_t refuse(cudnnStatus_t status, const std::string& why) {
    lastReason = why;
    return status;
}

struct TensorOf {
    int64_t id;
    cudnnDataType_t type;
    std::vector<int64_t> dims, strides;
    bool between, number;

    int bytes() const {
        return type == CUDNN_DATA_FLOAT ? 4 : 2;
    }

    int64_t extent() const {
        int64_t last = 0;
        for (int axis = 0; axis < AXES; axis++) {
            last += (dims[axis] - 1) * strides[axis];
        }
        return last + 1;
    }

    // Where the element lies that belongs to an index of a tensor along whose axes this one may repeat.
    int64_t at(const int64_t* index) const {
        int64_t at = 0;
        for (int axis = 0; axis < AXES; axis++) {
            at += dims[axis] == 1 ? 0 : index[axis] * strides[axis];
        }
        return at;
    }

    bool repeatsTo(const TensorOf& other) const {
        for (int axis = 0; axis < AXES; axis++) {
            if (dims[axis] != 1 && dims[axis] != other.dims[axis]) {
                return false;
            }
        }
        return true;
    }

    bool operator==(const TensorOf& other) const {
        return id == other.id && type == other.type && dims == other.dims && strides == other.strides
                && between == other.between && number == other.number;
    }
};

enum Step { MATMUL, EACH, REDUCE, RESHAPE };

struct OperationOf {
    Step step;
    int mode;
    std::vector<TensorOf> in;
    TensorOf out;
};

using Operations = std::vector<OperationOf>;

struct Attribute {
    cudnnBackendAttributeType_t type;
    int64_t count;
    std::vector<char> bytes;
};

// One descriptor, and what finishing it made of its attributes.
struct Thing {
    cudnnBackendDescriptorType_t type;
    bool finished = false;
    std::map<int, Attribute> attributes;
    TensorOf tensor;
    std::shared_ptr<Operations> operations;
    int engine = -1;

    bool has(int name, int64_t count) const {
        auto found = attributes.find(name);
        return found != attributes.end() && found->second.count == count;
    }

    template <class T> T value(int name) const {
        T value{};
        memcpy(&value, attributes.at(name).bytes.data(), sizeof(T));
        return value;
    }

    template <class T> std::vector<T> values(int name) const {
        const Attribute& attribute = attributes.at(name);
        std::vector<T> values(attribute.count);
        memcpy(values.data(), attribute.bytes.data(), attribute.count * sizeof(T));
        return values;
    }
};

std::set<Thing*> things;

size_t sizeOf(cudnnBackendAttributeType_t type) {
    switch (type) {
        case CUDNN_TYPE_BOOLEAN: return 1;
        case CUDNN_TYPE_HANDLE: case CUDNN_TYPE_INT64: case CUDNN_TYPE_VOID_PTR: case CUDNN_TYPE_BACKEND_DESCRIPTOR:
            return 8;
        default: return 4;
    }
}

// The one type that an attribute has.
int typeOf(int name) {
    switch (name) {
        case CUDNN_ATTR_POINTWISE_MODE: return CUDNN_TYPE_POINTWISE_MODE;
        case CUDNN_ATTR_POINTWISE_MATH_PREC: case CUDNN_ATTR_MATMUL_COMP_TYPE: case CUDNN_ATTR_REDUCTION_COMP_TYPE:
        case CUDNN_ATTR_TENSOR_DATA_TYPE: return CUDNN_TYPE_DATA_TYPE;
        case CUDNN_ATTR_REDUCTION_OPERATOR: return CUDNN_TYPE_REDUCTION_OPERATOR_TYPE;
        case CUDNN_ATTR_ENGINEHEUR_MODE: return CUDNN_TYPE_HEUR_MODE;
        case CUDNN_ATTR_ENGINE_NUMERICAL_NOTE: return CUDNN_TYPE_NUMERICAL_NOTE;
        case CUDNN_ATTR_EXECUTION_PLAN_HANDLE: case CUDNN_ATTR_OPERATIONGRAPH_HANDLE: return CUDNN_TYPE_HANDLE;
        case CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE: case CUDNN_ATTR_OPERATIONGRAPH_ENGINE_GLOBAL_COUNT:
        case CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT: case CUDNN_ATTR_TENSOR_DIMENSIONS: case CUDNN_ATTR_TENSOR_STRIDES:
        case CUDNN_ATTR_TENSOR_UNIQUE_ID: case CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS: case CUDNN_ATTR_ENGINE_GLOBAL_INDEX:
            return CUDNN_TYPE_INT64;
        case CUDNN_ATTR_TENSOR_IS_VIRTUAL: case CUDNN_ATTR_TENSOR_IS_BY_VALUE: return CUDNN_TYPE_BOOLEAN;
        case CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS: case CUDNN_ATTR_VARIANT_PACK_WORKSPACE: return CUDNN_TYPE_VOID_PTR;
        default: return CUDNN_TYPE_BACKEND_DESCRIPTOR;
    }
}

// A finished descriptor that an attribute names, or null.
Thing* part(const Thing& of, int name, cudnnBackendDescriptorType_t type) {
    if (!of.has(name, 1)) {
        return nullptr;
    }
    Thing* part = of.value<Thing*>(name);
    return things.count(part) && part->finished && part->type == type ? part : nullptr;
}

cudnnStatus_t finishTensor(Thing& it) {
    for (int name : {CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT}) {
        if (!it.has(name, 1)) {
            return refuse(CUDNN_STATUS_BAD_PARAM, "a tensor lacks attribute " + std::to_string(name));
        }
    }
    if (!it.has(CUDNN_ATTR_TENSOR_DIMENSIONS, AXES) || !it.has(CUDNN_ATTR_TENSOR_STRIDES, AXES)) {
        return refuse(CUDNN_WRONG_SHAPE, "a tensor has not four axes");
    }
    auto flag = [&](int name) { return it.has(name, 1) && it.value<char>(name) != 0; };
    it.tensor = {it.value<int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID),
            it.value<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE),
            it.values<int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS), it.values<int64_t>(CUDNN_ATTR_TENSOR_STRIDES),
            flag(CUDNN_ATTR_TENSOR_IS_VIRTUAL), flag(CUDNN_ATTR_TENSOR_IS_BY_VALUE)};
    for (int axis = 0; axis < AXES; axis++) {
        if (it.tensor.dims[axis] < 1 || it.tensor.strides[axis] < 1) {
            return refuse(CUDNN_WRONG_SHAPE, "a tensor has an axis without elements");
        }
    }
    return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t finishOperation(Thing& it, Step step, std::vector<int> inputs, int output, int description,
        cudnnBackendDescriptorType_t descriptionType, int modeName) {
    OperationOf made = {step, 0, {}, {}};
    if (descriptionType != CUDNN_BACKEND_TENSOR_DESCRIPTOR) {
        Thing* described = part(it, description, descriptionType);
        if (!described) {
            return refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "an operation lacks its description");
        }
        made.mode = modeName < 0 ? 0 : described->value<int>(modeName);
    }
    for (int name : inputs) {
        Thing* input = part(it, name, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
        if (input) {
            made.in.push_back(input->tensor);
        } else if (name != CUDNN_ATTR_OPERATION_POINTWISE_BDESC || it.attributes.count(name)) {
            return refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "an operation lacks tensor " + std::to_string(name));
        }
    }
    Thing* result = part(it, output, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
    if (!result || result->tensor.number) {
        return refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "an operation lacks its result");
    }
    made.out = result->tensor;
    const std::vector<int64_t>& to = made.out.dims;
    const std::vector<int64_t>& from = made.in[0].dims;
    bool fits = true;
    if (step == MATMUL) {
        const std::vector<int64_t>& with = made.in[1].dims;
        fits = from[3] == with[2] && to[2] == from[2] && to[3] == with[3] && to[0] == from[0] && to[1] == from[1]
                && with[0] == to[0] && with[1] == to[1];
    } else if (step == EACH) {
        bool two = made.mode != CUDNN_POINTWISE_EXP && made.mode != CUDNN_POINTWISE_LOG;
        fits = to == from && made.in.size() == (two ? 2 : 1) && made.in.back().repeatsTo(made.out);
    } else if (step == REDUCE) {
        fits = made.out.repeatsTo(made.in[0]);
    } else {
        fits = made.out.extent() == made.in[0].extent();
    }
    if (!fits) {
        return refuse(CUDNN_WRONG_SHAPE, "shapes of an operation do not fit, step " + std::to_string(step));
    }
    it.operations = std::make_shared<Operations>(Operations{made});
    return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t finishGraph(Thing& it) {
    if (!it.has(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, 1)
            || !graphHandles.count(it.value<cudnnHandle_t>(CUDNN_ATTR_OPERATIONGRAPH_HANDLE))) {
        return refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "a graph without a handle");
    }
    if (!it.attributes.count(CUDNN_ATTR_OPERATIONGRAPH_OPS)) {
        return refuse(CUDNN_STATUS_BAD_PARAM, "a graph without operations");
    }
    std::map<int64_t, TensorOf> known;
    std::set<int64_t> written;
    it.operations = std::make_shared<Operations>();
    auto same = [&](const TensorOf& tensor) { return known.emplace(tensor.id, tensor).first->second == tensor; };
    for (Thing* each : it.values<Thing*>(CUDNN_ATTR_OPERATIONGRAPH_OPS)) {
        if (!things.count(each) || !each->finished || !each->operations) {
            return refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "an operation of a graph is not finished");
        }
        const OperationOf& operation = each->operations->front();
        for (const TensorOf& input : operation.in) {
            if (!same(input) || (input.between && !written.count(input.id))) {
                return refuse(CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN, "tensor " + std::to_string(input.id)
                        + " is read before it is written");
            }
        }
        if (!same(operation.out) || !written.insert(operation.out.id).second) {
            return refuse(CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN, "a tensor is written twice");
        }
        it.operations->push_back(operation);
    }
    return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t finishPlan(Thing& it) {
    Thing* configuration = part(it, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    if (!configuration || !it.has(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, 1)
            || !graphHandles.count(it.value<cudnnHandle_t>(CUDNN_ATTR_EXECUTION_PLAN_HANDLE))) {
        return refuse(CUDNN_STATUS_BAD_PARAM, "a plan without handle or configuration");
    }
    if (refusesPlans) {
        return refuse(CUDNN_STATUS_NOT_SUPPORTED, "plans are refused\nby order");
    }
    it.operations = configuration->operations;
    it.engine = configuration->engine;
    return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t finish(Thing& it) {
    switch (it.type) {
        case CUDNN_BACKEND_TENSOR_DESCRIPTOR: return finishTensor(it);
        case CUDNN_BACKEND_MATMUL_DESCRIPTOR:
            return it.has(CUDNN_ATTR_MATMUL_COMP_TYPE, 1) ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
        case CUDNN_BACKEND_POINTWISE_DESCRIPTOR:
            return it.has(CUDNN_ATTR_POINTWISE_MODE, 1) && it.has(CUDNN_ATTR_POINTWISE_MATH_PREC, 1)
                    ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
        case CUDNN_BACKEND_REDUCTION_DESCRIPTOR:
            return it.has(CUDNN_ATTR_REDUCTION_OPERATOR, 1) && it.has(CUDNN_ATTR_REDUCTION_COMP_TYPE, 1)
                    ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
        case CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR:
            return finishOperation(it, MATMUL, {CUDNN_ATTR_OPERATION_MATMUL_ADESC, CUDNN_ATTR_OPERATION_MATMUL_BDESC},
                    CUDNN_ATTR_OPERATION_MATMUL_CDESC, CUDNN_ATTR_OPERATION_MATMUL_DESC,
                    CUDNN_BACKEND_MATMUL_DESCRIPTOR, -1);
        case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
            return finishOperation(it, EACH,
                    {CUDNN_ATTR_OPERATION_POINTWISE_XDESC, CUDNN_ATTR_OPERATION_POINTWISE_BDESC},
                    CUDNN_ATTR_OPERATION_POINTWISE_YDESC, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR,
                    CUDNN_BACKEND_POINTWISE_DESCRIPTOR, CUDNN_ATTR_POINTWISE_MODE);
        case CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR:
            return finishOperation(it, REDUCE, {CUDNN_ATTR_OPERATION_REDUCTION_XDESC},
                    CUDNN_ATTR_OPERATION_REDUCTION_YDESC, CUDNN_ATTR_OPERATION_REDUCTION_DESC,
                    CUDNN_BACKEND_REDUCTION_DESCRIPTOR, CUDNN_ATTR_REDUCTION_OPERATOR);
        case CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR:
            return finishOperation(it, RESHAPE, {CUDNN_ATTR_OPERATION_RESHAPE_XDESC},
                    CUDNN_ATTR_OPERATION_RESHAPE_YDESC, -1, CUDNN_BACKEND_TENSOR_DESCRIPTOR, -1);
        case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR: return finishGraph(it);
        case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR: {
            Thing* graph = part(it, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
            if (!graph || !it.has(CUDNN_ATTR_ENGINEHEUR_MODE, 1)) {
                return refuse(CUDNN_STATUS_BAD_PARAM, "heuristics without graph or mode");
            }
            it.operations = graph->operations;
            return CUDNN_STATUS_SUCCESS;
        }
        case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR: return finishPlan(it);
        case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR: {
            auto pointers = it.attributes.find(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
            return pointers != it.attributes.end() && it.has(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, pointers->second.count)
                    && it.has(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, 1) ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
        }
        default: return refuse(CUDNN_STATUS_BAD_PARAM, "nothing to finish");
    }
}

float roundedTo(cudnnDataType_t type, float x) {
    if (type == CUDNN_DATA_FLOAT || !std::isfinite(x)) {
        return x;
    }
    uint32_t bits;
    memcpy(&bits, &x, 4);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    memcpy(&x, &bits, 4);
    return x;
}

// The elements of all tensors while a graph is computed: those in memory there, the others here.
struct Elements {
    std::map<int64_t, char*> memory;
    std::map<int64_t, float> numbers;
    std::map<int64_t, std::vector<float>> between;

    float get(const TensorOf& tensor, int64_t at) {
        if (tensor.number) {
            return numbers.at(tensor.id);
        }
        if (tensor.between) {
            return between.at(tensor.id)[at];
        }
        const char* from = memory.at(tensor.id) + at * tensor.bytes();
        if (tensor.type == CUDNN_DATA_FLOAT) {
            return *(const float*) from;
        }
        uint32_t bits = uint32_t(*(const uint16_t*) from) << 16;
        float x;
        memcpy(&x, &bits, 4);
        return x;
    }

    void set(const TensorOf& tensor, int64_t at, float value) {
        float x = roundedTo(tensor.type, value);
        if (tensor.between) {
            between.at(tensor.id)[at] = x;
        } else if (tensor.type == CUDNN_DATA_FLOAT) {
            *(float*) (memory.at(tensor.id) + at * 4) = x;
        } else {
            uint32_t bits;
            memcpy(&bits, &x, 4);
            *(uint16_t*) (memory.at(tensor.id) + at * 2) = uint16_t(bits >> 16);
        }
    }

    template <class Body> static void each(const std::vector<int64_t>& dims, Body body) {
        int64_t i[AXES];
        for (i[0] = 0; i[0] < dims[0]; i[0]++) {
            for (i[1] = 0; i[1] < dims[1]; i[1]++) {
                for (i[2] = 0; i[2] < dims[2]; i[2]++) {
                    for (i[3] = 0; i[3] < dims[3]; i[3]++) {
                        body(i);
                    }
                }
            }
        }
    }

    static float function(int mode, float a, float b) {
        switch (mode) {
            case CUDNN_POINTWISE_ADD: return a + b;
            case CUDNN_POINTWISE_SUB: return a - b;
            case CUDNN_POINTWISE_MUL: return a * b;
            case CUDNN_POINTWISE_DIV: return a / b;
            case CUDNN_POINTWISE_EXP: return std::exp(a);
            default: return std::log(a);
        }
    }

    void matmul(const TensorOf& a, const TensorOf& b, const TensorOf& c) {
        each(c.dims, [&](const int64_t* i) {
            double sum = 0;
            for (int64_t k = 0; k < a.dims[3]; k++) {
                int64_t left[] = {i[0], i[1], i[2], k}, right[] = {i[0], i[1], k, i[3]};
                sum += double(get(a, a.at(left))) * get(b, b.at(right));
            }
            set(c, c.at(i), float(sum));
        });
    }

    void reduce(int mode, const TensorOf& x, const TensorOf& y) {
        bool largest = mode == CUDNN_REDUCE_TENSOR_MAX;
        std::vector<double> sums(y.extent(), largest ? -INFINITY : 0);
        each(x.dims, [&](const int64_t* i) {
            double& sum = sums[y.at(i)];
            double value = get(x, x.at(i));
            sum = largest ? std::fmax(sum, value) : sum + value;
        });
        each(y.dims, [&](const int64_t* i) { set(y, y.at(i), float(sums[y.at(i)])); });
    }

    void run(const OperationOf& operation) {
        const TensorOf& x = operation.in.front();
        const TensorOf& second = operation.in.back();
        const TensorOf& y = operation.out;
        if (y.between) {
            between[y.id].assign(y.extent(), NAN);
        }
        switch (operation.step) {
            case MATMUL: matmul(x, second, y); break;
            case REDUCE: reduce(operation.mode, x, y); break;
            case EACH:
                each(y.dims, [&](const int64_t* i) {
                    set(y, y.at(i), function(operation.mode, get(x, x.at(i)), get(second, second.at(i))));
                });
                break;
            case RESHAPE: // the same memory, read in another way
                for (int64_t at = 0; at < y.extent(); at++) {
                    set(y, at, get(x, at));
                }
        }
    }
};

cudnnStatus_t execute(cudnnHandle_t handle, const Thing& plan, const Thing& pack) {
    std::map<int64_t, char*> given;
    std::vector<int64_t> ids = pack.values<int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
    std::vector<char*> pointers = pack.values<char*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
    for (size_t i = 0; i < ids.size(); i++) {
        given[ids[i]] = pointers[i];
    }
    Elements elements;
    auto place = [&](const TensorOf& tensor) {
        if (tensor.between) {
            return true;
        }
        auto found = given.find(tensor.id);
        if (found == given.end()) {
            return false;
        }
        if (tensor.number) {
            elements.numbers[tensor.id] = *(const float*) found->second;
            return !isDevice(uint64_t(found->second), 4);
        }
        elements.memory[tensor.id] = found->second;
        return uint64_t(found->second) % 16 == 0
                && isDevice(uint64_t(found->second), size_t(tensor.extent()) * tensor.bytes());
    };
    for (const OperationOf& operation : *plan.operations) {
        bool all = place(operation.out);
        for (const TensorOf& input : operation.in) {
            all = place(input) && all;
        }
        if (!all) {
            return refuse(CUDNN_STATUS_BAD_PARAM, "a pointer is missing, unaligned, or not of the device");
        }
    }
    char* workspace = pack.value<char*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
    if (!isDevice(uint64_t(workspace), WORKSPACE)) {
        return refuse(CUDNN_STATUS_BAD_PARAM, "the workspace is too small");
    }
    if (plan.engine == 0) {
        return refuse(CUDNN_STATUS_EXECUTION_FAILED, "the engine whose bytes differ each time was used");
    }
    std::shared_ptr<Operations> operations = plan.operations;
    CUresult sent = submit(handle->stream, [=]() mutable {
        memset(workspace, 0xFF, WORKSPACE);
        for (const OperationOf& operation : *operations) {
            elements.run(operation);
        }
        return CUDA_SUCCESS;
    });
    return sent ? CUDNN_STATUS_EXECUTION_FAILED : CUDNN_STATUS_SUCCESS;
}

template <class Body> cudnnStatus_t about(const char* name, const void* descriptor, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    lastReason.clear();
    if (enter(name)) {
        return refuse(CUDNN_INTERNAL, "ordered to fail");
    }
    Thing* it = (Thing*) descriptor;
    return things.count(it) ? body(*it) : refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "not a descriptor");
}

}

// Whether no plan can be had.
API void standinRefusePlans(int on) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    refusesPlans = on != 0;
}

API size_t cudnnGetVersion(void) {
    return 91900;
}

API const char* cudnnGetErrorString(cudnnStatus_t status) {
    switch (int(status)) {
        case CUDNN_STATUS_SUCCESS: return "CUDNN_STATUS_SUCCESS";
        case CUDNN_STATUS_NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
        case CUDNN_STATUS_NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case CUDNN_STATUS_EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
        case CUDNN_INTERNAL: return "CUDNN_STATUS_INTERNAL_ERROR";
        default: return status < CUDNN_STATUS_NOT_SUPPORTED ? "CUDNN_STATUS_BAD_PARAM" : "CUDNN_STATUS unknown";
    }
}

API void cudnnGetLastErrorString(char* message, size_t bytes) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    snprintf(message, bytes, "%s", lastReason.c_str());
}

API cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    lastReason.clear();
    if (enter(__func__)) {
        return CUDNN_INTERNAL;
    }
    *handle = new cudnnContext{};
    graphHandles.insert(*handle);
    born(HANDLE);
    return CUDNN_STATUS_SUCCESS;
}

API cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    bool fails = enter(__func__);
    if (!graphHandles.erase(handle)) {
        return CUDNN_STATUS_NOT_INITIALIZED;
    }
    delete handle;
    dead(HANDLE);
    return fails ? CUDNN_INTERNAL : CUDNN_STATUS_SUCCESS;
}

API cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    if (enter(__func__)) {
        return CUDNN_INTERNAL;
    }
    if (!graphHandles.count(handle)) {
        return CUDNN_STATUS_NOT_INITIALIZED;
    }
    handle->stream = stream;
    return CUDNN_STATUS_SUCCESS;
}

API cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t type,
        cudnnBackendDescriptor_t* descriptor) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    lastReason.clear();
    if (enter(__func__)) {
        return CUDNN_STATUS_ALLOC_FAILED;
    }
    Thing* made = new Thing;
    made->type = type;
    things.insert(made);
    born(DESCRIPTOR);
    *descriptor = made;
    return CUDNN_STATUS_SUCCESS;
}

API cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    bool fails = enter(__func__);
    if (!things.erase((Thing*) descriptor)) {
        return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
    }
    delete (Thing*) descriptor;
    dead(DESCRIPTOR);
    return fails ? CUDNN_INTERNAL : CUDNN_STATUS_SUCCESS;
}

API cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor) {
    return about(__func__, descriptor, [](Thing& it) {
        cudnnStatus_t status = it.finished ? refuse(CUDNN_STATUS_BAD_PARAM, "finished twice") : finish(it);
        it.finished = it.finished || !status;
        return status;
    });
}

API cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
        cudnnBackendAttributeType_t type, long count, const void* elements) {
    return about(__func__, descriptor, [&](Thing& it) {
        if (it.finished || count < 1 || !elements) {
            return refuse(CUDNN_STATUS_BAD_PARAM, "an attribute is set too late, or to nothing");
        }
        if (type != typeOf(name)) {
            return refuse(CUDNN_WRONG_TYPE, "attribute " + std::to_string(name) + " has another type");
        }
        const char* from = (const char*) elements;
        it.attributes[name] = {type, count, std::vector<char>(from, from + count * sizeOf(type))};
        return CUDNN_STATUS_SUCCESS;
    });
}

API cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
        cudnnBackendAttributeType_t type, long room, long* count, void* elements) {
    return about(__func__, descriptor, [&](Thing& it) {
        if (!it.finished || type != typeOf(name)) {
            return refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "an attribute is read too early, or of another type");
        }
        if (it.type == CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR && name == CUDNN_ATTR_ENGINEHEUR_RESULTS) {
            *count = it.value<int>(CUDNN_ATTR_ENGINEHEUR_MODE) == CUDNN_HEUR_MODE_A ? ENGINES : 0;
            for (long i = 0; i < room && i < *count; i++) {
                Thing* into = ((Thing**) elements)[i];
                if (!things.count(into) || into->finished || into->type != CUDNN_BACKEND_ENGINECFG_DESCRIPTOR) {
                    return refuse(CUDNN_STATUS_BAD_PARAM, "results go to descriptors of another type");
                }
                into->operations = it.operations;
                into->engine = int(i);
                into->finished = true;
            }
            return CUDNN_STATUS_SUCCESS;
        }
        if (it.type == CUDNN_BACKEND_ENGINECFG_DESCRIPTOR && name == CUDNN_ATTR_ENGINECFG_ENGINE && room == 1) {
            Thing* into = *(Thing**) elements;
            if (!things.count(into) || into->type != CUDNN_BACKEND_ENGINE_DESCRIPTOR) {
                return refuse(CUDNN_STATUS_BAD_PARAM, "an engine goes to a descriptor of another type");
            }
            into->engine = it.engine;
            into->finished = true;
            *count = 1;
            return CUDNN_STATUS_SUCCESS;
        }
        if (it.type == CUDNN_BACKEND_ENGINE_DESCRIPTOR && name == CUDNN_ATTR_ENGINE_NUMERICAL_NOTE) {
            *count = 1 + (it.engine == 0); // the first is of tensor cores
            for (long i = 0; i < room && i < *count; i++) {
                ((int*) elements)[i] = i == 0 ? 0 : CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC;
            }
            return CUDNN_STATUS_SUCCESS;
        }
        if (it.type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR && name == CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE
                && room == 1) {
            *(int64_t*) elements = WORKSPACE;
            *count = 1;
            return CUDNN_STATUS_SUCCESS;
        }
        return refuse(CUDNN_STATUS_NOT_SUPPORTED, "attribute " + std::to_string(name) + " cannot be read");
    });
}

API cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
        cudnnBackendDescriptor_t pack) {
    return about(__func__, plan, [&](Thing& it) {
        Thing* pointers = (Thing*) pack;
        if (!graphHandles.count(handle) || it.type != CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR || !it.finished
                || !things.count(pointers) || pointers->type != CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR
                || !pointers->finished) {
            return refuse(CUDNN_STATUS_BAD_PARAM, "handle, plan or pointers are not what they should be");
        }
        return broken() ? CUDNN_STATUS_EXECUTION_FAILED : execute(handle, it, *pointers);
    });
}
