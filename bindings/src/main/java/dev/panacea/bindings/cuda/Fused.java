package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Cublas;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * F32 products that add a bias, a matrix or both before they write the result, on cuBLASLt. It is asked once for each
 * shape how to do it; where it knows no way, or memory is not aligned as it wants, the caller does it in two steps.
 */
final class Fused {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    /** What an answer of cuBLASLt holds: the way in 64 bytes, bytes of workspace, and at 72 whether it works. */
    private static final long ANSWER_BYTES = 96;
    private static final long STATE_AT = 72;
    private static final int ALIGNMENT = 256;
    private static final int BIAS_ALIGNMENT = 16;

    private final Map<Key, Plan> plans = new HashMap<>();
    private final Arena arena = Arena.ofShared();
    private final long workspace;
    private final long workspaceBytes;
    private MemorySegment handle;

    /** All that a plan depends on. */
    private record Key(boolean transposeA, boolean transposeB, int m, int n, int k, long lda, long ldb, long ldc,
            int factors, int compute, boolean biased) {}

    /** How to do it: what cuBLASLt made, in the order A, B, C, description; none of it where there is no way. */
    private record Plan(List<MemorySegment> made, MemorySegment way) {
        MemorySegment description() {
            return made.getLast();
        }

        void close() {
            for (int i = 0; i < made.size(); i++) {
                if (i == 3) {
                    Cublas.cublasLtMatmulDescDestroy(made.get(i));
                } else {
                    Cublas.cublasLtMatrixLayoutDestroy(made.get(i));
                }
            }
        }
    }

    Fused(long workspace, long workspaceBytes) {
        this.workspace = workspace;
        this.workspaceBytes = workspaceBytes;
    }

    /**
     * Runs one call, with sums of F32.
     *
     * @param types cuBLAS's names of the factors' type and of the way to compute
     * @param bias address of one number for each of the result's rows, by columns, or 0
     * @param added address of a matrix that lies as the result does, or 0
     * @return whether it was done
     */
    boolean run(Blas.Call call, int[] types, long bias, long added, MemorySegment stream) {
        if ((call.a() | call.b() | call.c() | added) % ALIGNMENT != 0 || bias % BIAS_ALIGNMENT != 0) {
            return false;
        }
        Plan plan = plans.computeIfAbsent(new Key(call.transposeA(), call.transposeB(), call.m(), call.n(), call.k(),
                call.lda(), call.ldb(), call.ldc(), types[0], types[1], bias != 0), key -> plan(key, bias));
        if (plan.made.isEmpty()) {
            return false;
        }
        int status = multiply(call, plan, bias, added, stream);
        if (status == Cublas.CUBLAS_STATUS_NOT_SUPPORTED() || status == Cublas.CUBLAS_STATUS_INVALID_VALUE()) {
            return false; // what is refused after all is done in two steps as well
        }
        Status.cublas(status, "cublasLtMatmul");
        return true;
    }

    private int multiply(Blas.Call call, Plan plan, long bias, long added, MemorySegment stream) {
        try (Arena passing = Arena.ofConfined()) {
            if (bias != 0) {
                set(plan.description(), Cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER(), passing.allocateFrom(LONG, bias));
            }
            MemorySegment c = plan.made.get(2);
            return Cublas.cublasLtMatmul(handle, plan.description(), passing.allocateFrom(FLOAT, 1),
                    MemorySegment.ofAddress(call.a()), plan.made.get(0), MemorySegment.ofAddress(call.b()),
                    plan.made.get(1), passing.allocateFrom(FLOAT, added == 0 ? 0 : 1),
                    MemorySegment.ofAddress(added == 0 ? call.c() : added), c, MemorySegment.ofAddress(call.c()), c,
                    plan.way, MemorySegment.ofAddress(workspace), workspaceBytes, stream);
        }
    }

    private Plan plan(Key key, long bias) {
        if (handle == null) {
            handle = made(Cublas::cublasLtCreate, "cublasLtCreate");
        }
        Plan plan = new Plan(new ArrayList<>(), arena.allocate(ANSWER_BYTES, Long.BYTES));
        try {
            plan.made.add(layout(key.factors, key.transposeA ? key.k : key.m, key.transposeA ? key.m : key.k, key.lda));
            plan.made.add(layout(key.factors, key.transposeB ? key.n : key.k, key.transposeB ? key.k : key.n, key.ldb));
            plan.made.add(layout(Cublas.CUDA_R_32F(), key.m, key.n, key.ldc));
            plan.made.add(made(out -> Cublas.cublasLtMatmulDescCreate(out, key.compute, Cublas.CUDA_R_32F()),
                    "cublasLtMatmulDescCreate"));
            if (describe(key, bias, plan)) {
                return plan;
            }
        } catch (RuntimeException refused) {
            plan.close();
            throw refused;
        }
        plan.close();
        return new Plan(List.of(), MemorySegment.NULL);
    }

    /** Describes the product and asks for a way; false where there is none. */
    private boolean describe(Key key, long bias, Plan plan) {
        try (Arena asking = Arena.ofConfined()) {
            MemorySegment description = plan.description();
            set(description, Cublas.CUBLASLT_MATMUL_DESC_TRANSA(), asking.allocateFrom(INT, operation(key.transposeA)));
            set(description, Cublas.CUBLASLT_MATMUL_DESC_TRANSB(), asking.allocateFrom(INT, operation(key.transposeB)));
            if (key.biased) {
                set(description, Cublas.CUBLASLT_MATMUL_DESC_EPILOGUE(),
                        asking.allocateFrom(INT, Cublas.CUBLASLT_EPILOGUE_BIAS()));
                set(description, Cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER(), asking.allocateFrom(LONG, bias));
            }
            MemorySegment wish = made(Cublas::cublasLtMatmulPreferenceCreate, "cublasLtMatmulPreferenceCreate");
            try {
                Status.cublas(Cublas.cublasLtMatmulPreferenceSetAttribute(wish,
                        Cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), asking.allocateFrom(LONG, workspaceBytes),
                        Long.BYTES), "cublasLtMatmulPreferenceSetAttribute");
                MemorySegment count = asking.allocate(INT);
                int status = Cublas.cublasLtMatmulAlgoGetHeuristic(handle, description, plan.made.get(0),
                        plan.made.get(1), plan.made.get(2), plan.made.get(2), wish, 1, plan.way, count);
                return status == Cublas.CUBLAS_STATUS_SUCCESS() && count.get(INT, 0) == 1
                        && plan.way.get(INT, STATE_AT) == Cublas.CUBLAS_STATUS_SUCCESS();
            } finally {
                Cublas.cublasLtMatmulPreferenceDestroy(wish);
            }
        }
    }

    private static MemorySegment layout(int type, long rows, long columns, long leading) {
        return made(out -> Cublas.cublasLtMatrixLayoutCreate(out, type, rows, columns, leading),
                "cublasLtMatrixLayoutCreate");
    }

    private static MemorySegment made(ToIntFunction<MemorySegment> maker, String call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.cublas(maker.applyAsInt(out), call);
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    private static void set(MemorySegment description, int attribute, MemorySegment value) {
        Status.cublas(Cublas.cublasLtMatmulDescSetAttribute(description, attribute, value, value.byteSize()),
                "cublasLtMatmulDescSetAttribute");
    }

    private static int operation(boolean transposed) {
        return transposed ? Cublas.CUBLAS_OP_T() : Cublas.CUBLAS_OP_N();
    }

    void close() {
        plans.values().forEach(Plan::close);
        plans.clear();
        if (handle != null) {
            Cublas.cublasLtDestroy(handle);
            handle = null;
        }
        arena.close();
    }
}
