// Products of matrices, column by column as in the library that this stands for.
#pragma GCC optimize("O3")
#include "standin.h"
#include <cmath>
#include <cstring>
#include <set>
#include <vector>

extern "C" {
#include <cublas.h>
}

struct cublasContext {
    CUstream stream;
};

using namespace standin;

namespace {

constexpr cublasStatus_t CUBLAS_INTERNAL = cublasStatus_t(14);

std::set<cublasHandle_t> handles;

template <class Body> cublasStatus_t about(const char* name, cublasHandle_t handle, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    return enter(name) ? CUBLAS_INTERNAL : !handles.count(handle) ? CUBLAS_STATUS_NOT_INITIALIZED
            : broken() ? CUBLAS_STATUS_EXECUTION_FAILED : body();
}

// Rounds a float to so many bits of mantissa, ties to even.
float rounded(float x, int dropped) {
    if (!std::isfinite(x)) {
        return x;
    }
    uint32_t bits;
    memcpy(&bits, &x, 4);
    bits += (1u << (dropped - 1)) - 1 + (bits >> dropped & 1);
    bits &= ~0u << dropped;
    memcpy(&x, &bits, 4);
    return x;
}

int bytesOf(cudaDataType type) {
    return type == CUDA_R_64F ? 8 : type == CUDA_R_32F ? 4 : 2;
}

template <class Real> Real load(const char* at, cudaDataType type, bool tf32) {
    if (type == CUDA_R_64F) {
        return Real(*(const double*) at);
    }
    if (type == CUDA_R_32F) {
        float x = *(const float*) at;
        return Real(tf32 ? rounded(x, 13) : x);
    }
    uint32_t bits = uint32_t(*(const uint16_t*) at) << 16;
    float x;
    memcpy(&x, &bits, 4);
    return Real(x);
}

template <class Real> void store(char* at, cudaDataType type, Real value) {
    if (type == CUDA_R_64F) {
        *(double*) at = value;
    } else if (type == CUDA_R_32F) {
        *(float*) at = float(value);
    } else {
        float x = rounded(float(value), 16);
        uint32_t bits;
        memcpy(&bits, &x, 4);
        *(uint16_t*) at = uint16_t(bits >> 16);
    }
}

struct Matrix {
    uint64_t address;
    cudaDataType type;
    int64_t lead;
    int64_t stride;
    bool transposed;

    bool isWithin(int64_t rows, int64_t columns, int batch) const {
        int64_t high = transposed ? columns : rows, wide = transposed ? rows : columns;
        int64_t last = (batch - 1) * stride + (wide - 1) * lead + high;
        return lead >= high && isDevice(address, 0) && isDevice(address, size_t(last) * bytesOf(type));
    }

    // One matrix of the batch, column by column.
    template <class Real> std::vector<Real> columns(int64_t rows, int64_t columns, int64_t which, bool tf32) const {
        std::vector<Real> packed(rows * columns);
        int unit = bytesOf(type);
        const char* at = (const char*) address + which * stride * unit;
        for (int64_t j = 0; j < columns; j++) {
            for (int64_t i = 0; i < rows; i++) {
                packed[j * rows + i] = load<Real>(at + (transposed ? i * lead + j : j * lead + i) * unit, type, tf32);
            }
        }
        return packed;
    }
};

struct Product {
    int m, n, k, batch;
    double alpha, beta;
    Matrix a, b, c;
    bool tf32;

    template <class Real> CUresult run() const {
        for (int which = 0; which < batch; which++) {
            one<Real>(which);
        }
        return CUDA_SUCCESS;
    }

    template <class Real> void one(int which) const {
        std::vector<Real> left = a.columns<Real>(m, k, which, tf32), right = b.columns<Real>(k, n, which, tf32);
        std::vector<Real> sums(m);
        int unit = bytesOf(c.type);
        for (int64_t j = 0; j < n; j++) {
            std::fill(sums.begin(), sums.end(), Real(0));
            for (int64_t p = 0; p < k; p++) {
                Real factor = right[j * k + p];
                const Real* column = left.data() + p * m;
                for (int64_t i = 0; i < m; i++) {
                    sums[i] += column[i] * factor;
                }
            }
            for (int64_t i = 0; i < m; i++) {
                char* at = (char*) c.address + (which * c.stride + j * c.lead + i) * unit;
                Real before = beta == 0 ? Real(0) : Real(beta) * load<Real>(at, c.type, false);
                store<Real>(at, c.type, Real(alpha) * sums[i] + before);
            }
        }
    }
};

double scalar(const void* at, bool f64) {
    return f64 ? *(const double*) at : *(const float*) at;
}

}

API const char* cublasGetStatusName(cublasStatus_t status) {
    switch (int(status)) {
        case CUBLAS_STATUS_SUCCESS: return "CUBLAS_STATUS_SUCCESS";
        case CUBLAS_STATUS_NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case CUBLAS_STATUS_ALLOC_FAILED: return "CUBLAS_STATUS_ALLOC_FAILED";
        case CUBLAS_STATUS_INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
        case CUBLAS_STATUS_EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
        case CUBLAS_INTERNAL: return "CUBLAS_STATUS_INTERNAL_ERROR";
        case CUBLAS_STATUS_NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
        default: return "CUBLAS_STATUS unknown";
    }
}

API cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    if (enter(__func__)) {
        return CUBLAS_STATUS_ALLOC_FAILED;
    }
    *handle = new cublasContext{};
    handles.insert(*handle);
    born(HANDLE);
    return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    bool fails = enter(__func__);
    if (!handles.erase(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    delete handle;
    dead(HANDLE);
    return fails ? CUBLAS_INTERNAL : CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version) {
    return about(__func__, handle, [&] {
        *version = 130100;
        return CUBLAS_STATUS_SUCCESS;
    });
}

API cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
    return about(__func__, handle, [&] {
        handle->stream = stream;
        return CUBLAS_STATUS_SUCCESS;
    });
}

API cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t bytes) {
    return about(__func__, handle, [&] {
        return isDevice(uint64_t(workspace), bytes) && uint64_t(workspace) % 256 == 0 ? CUBLAS_STATUS_SUCCESS
                : CUBLAS_STATUS_INVALID_VALUE;
    });
}

API cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t) {
    return about(__func__, handle, [] { return CUBLAS_STATUS_SUCCESS; });
}

namespace {

struct Call {
    cublasHandle_t handle;
    cublasComputeType_t compute;
    int m, n, k, batch;
    const void* alpha;
    const void* beta;
    Matrix a, b, c;

    // The rules of the library's tables of types, and of sizes.
    bool isSupported() const {
        bool f64 = compute == CUBLAS_COMPUTE_64F;
        return a.type == b.type && f64 == (a.type == CUDA_R_64F) && f64 == (c.type == CUDA_R_64F)
                && (a.type != CUDA_R_32F || c.type == CUDA_R_32F);
    }

    cublasStatus_t run() const {
        bool f64 = compute == CUBLAS_COMPUTE_64F;
        if (m < 0 || n < 0 || k < 0 || batch < 0 || !isSupported()) {
            return isSupported() ? CUBLAS_STATUS_INVALID_VALUE : CUBLAS_STATUS_NOT_SUPPORTED;
        }
        if (!m || !n || !batch) {
            return CUBLAS_STATUS_SUCCESS;
        }
        if ((k && (!a.isWithin(m, k, batch) || !b.isWithin(k, n, batch))) || !c.isWithin(m, n, batch)) {
            return CUBLAS_STATUS_INVALID_VALUE;
        }
        Product product = {m, n, k, batch, scalar(alpha, f64), scalar(beta, f64), a, b, c,
                compute == CUBLAS_COMPUTE_32F_FAST_TF32};
        CUresult result = submit(handle->stream, [=] { return f64 ? product.run<double>() : product.run<float>(); });
        return result ? CUBLAS_STATUS_EXECUTION_FAILED : CUBLAS_STATUS_SUCCESS;
    }
};

}

API cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t opA, cublasOperation_t opB,
        int m, int n, int k, const void* alpha, const void* a, cudaDataType typeA, int lda, long long strideA,
        const void* b, cudaDataType typeB, int ldb, long long strideB, const void* beta, void* c,
        cudaDataType typeC, int ldc, long long strideC, int batch, cublasComputeType_t compute,
        cublasGemmAlgo_t) {
    return about(__func__, handle, [&] {
        return Call{handle, compute, m, n, k, batch, alpha, beta,
                {uint64_t(a), typeA, lda, strideA, opA != CUBLAS_OP_N},
                {uint64_t(b), typeB, ldb, strideB, opB != CUBLAS_OP_N},
                {uint64_t(c), typeC, ldc, strideC, false}}.run();
    });
}

API cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t opA, cublasOperation_t opB, int m, int n,
        int k, const void* alpha, const void* a, cudaDataType typeA, int lda, const void* b, cudaDataType typeB,
        int ldb, const void* beta, void* c, cudaDataType typeC, int ldc, cublasComputeType_t compute,
        cublasGemmAlgo_t) {
    return about(__func__, handle, [&] {
        return Call{handle, compute, m, n, k, 1, alpha, beta, {uint64_t(a), typeA, lda, 0, opA != CUBLAS_OP_N},
                {uint64_t(b), typeB, ldb, 0, opB != CUBLAS_OP_N}, {uint64_t(c), typeC, ldc, 0, false}}.run();
    });
}

// cuBLASLt: one product with a bias for each row of the result and a matrix that is added.

struct cublasLtContext {};

struct cublasLtMatmulDescOpaque_t {
    cublasComputeType_t compute;
    int transA, transB, epilogue;
    uint64_t bias;
};

struct cublasLtMatrixLayoutOpaque_t {
    cudaDataType type;
    int64_t rows, columns, lead;
};

struct cublasLtMatmulPreferenceOpaque_t {};

namespace {

// What a search for algorithms writes; an algorithm is 64 bytes that only the library reads.
struct Found {
    uint64_t algorithm[8];
    size_t workspace;
    cublasStatus_t state;
    float waves;
    int reserved[4];
};

template <class Thing> cublasStatus_t make(const char* name, Thing** made, const Thing& value) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    if (enter(name)) {
        return CUBLAS_STATUS_ALLOC_FAILED;
    }
    *made = new Thing(value);
    born(HANDLE);
    return CUBLAS_STATUS_SUCCESS;
}

template <class Thing> cublasStatus_t unmake(const char* name, Thing* thing) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    bool fails = enter(name);
    delete thing;
    dead(HANDLE);
    return fails ? CUBLAS_INTERNAL : CUBLAS_STATUS_SUCCESS;
}

template <class Body> cublasStatus_t plain(const char* name, Body body) {
    std::lock_guard<std::recursive_mutex> guard(mutex());
    return enter(name) ? CUBLAS_INTERNAL : broken() ? CUBLAS_STATUS_EXECUTION_FAILED : body();
}

// Adds to the result, column by column, in the order in which a kernel after the product would.
CUresult finish(const Product& product, uint64_t bias, const Matrix& added, float beta) {
    for (int64_t j = 0; j < product.n; j++) {
        for (int64_t i = 0; i < product.m; i++) {
            float* at = (float*) product.c.address + j * product.c.lead + i;
            float x = *at;
            x += bias ? ((const float*) bias)[i] : 0;
            x += beta == 0 ? 0 : beta * ((const float*) added.address)[j * added.lead + i];
            *at = x;
        }
    }
    return CUDA_SUCCESS;
}

}

API cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
    return make(__func__, handle, cublasLtContext{});
}

API cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
    return unmake(__func__, handle);
}

API cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* made, cublasComputeType_t compute, cudaDataType) {
    return make(__func__, made, cublasLtMatmulDescOpaque_t{compute, 0, 0, CUBLASLT_EPILOGUE_DEFAULT, 0});
}

API cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t description) {
    return unmake(__func__, description);
}

API cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t description,
        cublasLtMatmulDescAttributes_t attribute, const void* value, size_t bytes) {
    return plain(__func__, [&] {
        if (bytes != (attribute == CUBLASLT_MATMUL_DESC_BIAS_POINTER ? 8u : 4u)) {
            return CUBLAS_STATUS_INVALID_VALUE;
        }
        switch (attribute) {
            case CUBLASLT_MATMUL_DESC_TRANSA: description->transA = *(const int*) value; break;
            case CUBLASLT_MATMUL_DESC_TRANSB: description->transB = *(const int*) value; break;
            case CUBLASLT_MATMUL_DESC_EPILOGUE: description->epilogue = *(const int*) value; break;
            case CUBLASLT_MATMUL_DESC_BIAS_POINTER: description->bias = *(const uint64_t*) value; break;
            default: return CUBLAS_STATUS_INVALID_VALUE;
        }
        return CUBLAS_STATUS_SUCCESS;
    });
}

API cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* made, cudaDataType type, unsigned long rows,
        unsigned long columns, long lead) {
    return make(__func__, made, cublasLtMatrixLayoutOpaque_t{type, int64_t(rows), int64_t(columns), lead});
}

API cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
    return unmake(__func__, layout);
}

API cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* made) {
    return make(__func__, made, cublasLtMatmulPreferenceOpaque_t{});
}

API cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
    return unmake(__func__, preference);
}

API cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t,
        cublasLtMatmulPreferenceAttributes_t, const void*, size_t bytes) {
    return plain(__func__, [&] { return bytes == 8 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE; });
}

API cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t,
        cublasLtMatrixLayout_t, cublasLtMatrixLayout_t, cublasLtMatrixLayout_t d, cublasLtMatmulPreference_t, int,
        void* results, int* returned) {
    return plain(__func__, [&] {
        // As the library does at times, it finds nothing for results of odd heights: others have to do it then.
        *returned = d->rows % 2 == 0;
        if (*returned) {
            *(Found*) results = Found{{0x5ea1}, 0, CUBLAS_STATUS_SUCCESS, 1, {}};
        }
        return *returned ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
    });
}

API cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t description, const void* alpha,
        const void* a, cublasLtMatrixLayout_t layoutA, const void* b, cublasLtMatrixLayout_t layoutB,
        const void* beta, const void* c, cublasLtMatrixLayout_t layoutC, void* d, cublasLtMatrixLayout_t layoutD,
        const void* algorithm, void* workspace, size_t bytes, cudaStream_t stream) {
    return plain(__func__, [&] {
        int m = int(layoutD->rows), n = int(layoutD->columns);
        int k = int(description->transA ? layoutA->rows : layoutA->columns);
        Matrix left = {uint64_t(a), layoutA->type, layoutA->lead, 0, description->transA != 0};
        Matrix right = {uint64_t(b), layoutB->type, layoutB->lead, 0, description->transB != 0};
        Matrix added = {uint64_t(c), layoutC->type, layoutC->lead, 0, false};
        Matrix result = {uint64_t(d), layoutD->type, layoutD->lead, 0, false};
        uint64_t bias = description->epilogue == CUBLASLT_EPILOGUE_BIAS ? description->bias : 0;
        float share = *(const float*) beta;
        bool rows = (description->transA ? layoutA->columns : layoutA->rows) == m
                && (description->transB ? layoutB->rows : layoutB->columns) == n
                && (description->transB ? layoutB->columns : layoutB->rows) == k;
        bool aligned = (uint64_t(a) | uint64_t(b) | uint64_t(c) | uint64_t(d)) % 256 == 0 && bias % 16 == 0;
        if (!rows || !aligned || *(const uint64_t*) algorithm != 0x5ea1 || left.type != right.type
                || result.type != CUDA_R_32F || added.type != CUDA_R_32F || !left.isWithin(m, k, 1)
                || !right.isWithin(k, n, 1) || !result.isWithin(m, n, 1) || !isDevice(uint64_t(workspace), bytes)
                || (share != 0 && !added.isWithin(m, n, 1)) || (bias && !isDevice(bias, size_t(m) * 4))) {
            return CUBLAS_STATUS_INVALID_VALUE;
        }
        Product product = {m, n, k, 1, scalar(alpha, false), 0, left, right, result,
                description->compute == CUBLAS_COMPUTE_32F_FAST_TF32};
        CUresult sent = submit(stream, [=] {
            product.run<float>();
            return finish(product, bias, added, share);
        });
        return sent ? CUBLAS_STATUS_EXECUTION_FAILED : CUBLAS_STATUS_SUCCESS;
    });
}
