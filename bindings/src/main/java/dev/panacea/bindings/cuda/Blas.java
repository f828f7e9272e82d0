package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Cublas;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * cuBLAS on a card's stream, set so that the same call gives the same bytes: no atomics, and a workspace of its own.
 * {@link #product} begins a matrix product.
 */
public final class Blas {
    private static final long WORKSPACE_BYTES = 32 << 20;
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE;
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private final CudaBackend backend;
    private final Backend.Block workspace;
    private final Rounded rounded = new Rounded();
    private final boolean fuses = Boolean.parseBoolean(System.getProperty("panacea.cuda.fused", "true"));
    private Fused fused;
    private MemorySegment handle;

    Blas(CudaBackend backend) {
        this.backend = backend;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.cublas(Cublas.cublasCreate_v2(out), "cublasCreate");
            handle = out.get(ValueLayout.ADDRESS, 0);
            workspace = backend.allocate(WORKSPACE_BYTES);
            fused = new Fused(workspace.address(), WORKSPACE_BYTES);
            Status.cublas(Cublas.cublasSetStream_v2(handle, backend.stream()), "cublasSetStream");
            Status.cublas(Cublas.cublasSetWorkspace_v2(handle, MemorySegment.ofAddress(workspace.address()),
                    WORKSPACE_BYTES), "cublasSetWorkspace");
            Status.cublas(Cublas.cublasSetAtomicsMode(handle, Cublas.CUBLAS_ATOMICS_NOT_ALLOWED()),
                    "cublasSetAtomicsMode");
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    /** The version of cuBLAS, such as 130001. */
    public int version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            Status.cublas(Cublas.cublasGetVersion_v2(handle, value), "cublasGetVersion");
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * Begins C[m, n] = A[m, k] · B[k, n] over F32 or F64.
     *
     * @param type of all three matrices
     */
    public Product product(ElementType type, int m, int n, int k) {
        return new Product(backend, type, m, n, k);
    }

    /** Whether factors of F32 products are rounded to BF16. */
    public boolean rounds() {
        return backend.precision() == Precision.BF16;
    }

    /**
     * Where the kernel that is launched next puts the elements that it writes, contiguous, rounded to BF16 as well, so
     * that a product after it need not read and round them; 0 where factors are not rounded.
     *
     * @param address where the kernel writes the elements themselves
     * @param size how many
     */
    public synchronized long roundedBy(long address, long size) {
        if (!rounds()) {
            return 0;
        }
        Scratch scratch = backend.scratch(size * ElementType.BF16.byteSize());
        rounded.begin(backend.writes());
        rounded.written(address, size * Float.BYTES);
        rounded.wrote();
        rounded.put(address, size, scratch);
        return scratch.address();
    }

    /** The matrices that were rounded last; whoever uses them holds this object's lock. */
    Rounded rounded() {
        return rounded;
    }

    /** What cuBLAS is told, in its own terms: matrices by columns. */
    record Call(boolean transposeA, boolean transposeB, int m, int n, int k, long a, long lda, long strideA, long b,
            long ldb, long strideB, long c, long ldc, long strideC, int batch) {
        /** The same with its result elsewhere. */
        Call to(long other) {
            return new Call(transposeA, transposeB, m, n, k, a, lda, strideA, b, ldb, strideB, other, ldc, strideC,
                    batch);
        }
    }

    /** The numbers that cuBLAS reads from host memory, and its names of the types. */
    private record Types(MemorySegment alpha, MemorySegment beta, int factors, int sums, int compute) {}

    /** Runs one call; {@code factors} is the type of A and B, {@code sums} that of C. */
    void run(Call call, ElementType factors, ElementType sums, double alpha) {
        backend.enter();
        try (Arena arena = Arena.ofConfined()) {
            boolean f64 = sums == ElementType.F64;
            Types types = new Types(f64 ? arena.allocateFrom(F64, alpha) : arena.allocateFrom(F32, (float) alpha),
                    f64 ? arena.allocateFrom(F64, 0) : arena.allocateFrom(F32, 0), type(factors), type(sums),
                    compute(factors));
            Status.cublas(call.batch == 1 ? single(call, types) : batched(call, types), "cublasGemm " + call);
        }
    }

    /** Runs one call with more to add, see {@link Fused#run}; false where it was not done. */
    boolean run(Call call, ElementType factors, long bias, long added) {
        backend.enter();
        return fuses && fused.run(call, new int[] {type(factors), compute(factors)}, bias, added, backend.stream());
    }

    private int single(Call call, Types types) {
        return Cublas.cublasGemmEx(handle, operation(call.transposeA), operation(call.transposeB), call.m, call.n,
                call.k, types.alpha, MemorySegment.ofAddress(call.a), types.factors, (int) call.lda,
                MemorySegment.ofAddress(call.b), types.factors, (int) call.ldb, types.beta,
                MemorySegment.ofAddress(call.c), types.sums, (int) call.ldc, types.compute,
                Cublas.CUBLAS_GEMM_DEFAULT());
    }

    private int batched(Call call, Types types) {
        return Cublas.cublasGemmStridedBatchedEx(handle, operation(call.transposeA), operation(call.transposeB),
                call.m, call.n, call.k, types.alpha, MemorySegment.ofAddress(call.a), types.factors, (int) call.lda,
                call.strideA, MemorySegment.ofAddress(call.b), types.factors, (int) call.ldb, call.strideB,
                types.beta, MemorySegment.ofAddress(call.c), types.sums, (int) call.ldc, call.strideC, call.batch,
                types.compute, Cublas.CUBLAS_GEMM_DEFAULT());
    }

    private static int operation(boolean transposed) {
        return transposed ? Cublas.CUBLAS_OP_T() : Cublas.CUBLAS_OP_N();
    }

    private static int type(ElementType type) {
        return switch (type) {
            case F64 -> Cublas.CUDA_R_64F();
            case BF16 -> Cublas.CUDA_R_16BF();
            default -> Cublas.CUDA_R_32F();
        };
    }

    private int compute(ElementType factors) {
        if (factors == ElementType.F64) {
            return Cublas.CUBLAS_COMPUTE_64F();
        }
        return factors == ElementType.F32 && backend.precision() == Precision.TF32
                ? Cublas.CUBLAS_COMPUTE_32F_FAST_TF32() : Cublas.CUBLAS_COMPUTE_32F();
    }

    void close() {
        if (fused != null) {
            fused.close();
            fused = null;
        }
        if (handle != null) {
            Cublas.cublasDestroy_v2(handle);
            handle = null;
        }
    }
}
