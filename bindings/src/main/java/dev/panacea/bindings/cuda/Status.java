package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Cublas;
import dev.panacea.bindings.raw.Driver;
import dev.panacea.bindings.raw.Nvrtc;
import dev.panacea.tensor.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Turns the numbers that CUDA's calls return into exceptions with CUDA's own names. */
final class Status {
    private Status() {}

    /** Refuses a failed call of the driver. */
    static void driver(int status, String call) {
        if (status != Driver.CUDA_SUCCESS()) {
            throw new BackendException("cuda: " + call + " failed: " + name(status) + cure(status));
        }
    }

    /** Refuses a failed call of the run-time compiler. */
    static void nvrtc(int status, String call) {
        if (status != Nvrtc.NVRTC_SUCCESS()) {
            throw new BackendException("cuda: " + call + " failed: "
                    + Nvrtc.nvrtcGetErrorString(status).getString(0));
        }
    }

    /** Refuses a failed call of cuBLAS. */
    static void cublas(int status, String call) {
        if (status != Cublas.CUBLAS_STATUS_SUCCESS()) {
            throw new BackendException("cuda: " + call + " failed: "
                    + Cublas.cublasGetStatusName(status).getString(0));
        }
    }

    /** The driver's name of a status, such as {@code CUDA_ERROR_NO_DEVICE}. */
    static String name(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ValueLayout.ADDRESS);
            if (Driver.cuGetErrorName(status, name) != Driver.CUDA_SUCCESS()) {
                return "error " + status;
            }
            return name.get(Driver.C_POINTER, 0).getString(0);
        }
    }

    private static String cure(int status) {
        return status == Driver.CUDA_ERROR_ILLEGAL_ADDRESS()
                ? " (a kernel went wrong; the device can be used again by a new process)" : "";
    }
}
