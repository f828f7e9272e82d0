package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Nvrtc;
import dev.panacea.tensor.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** Compiles CUDA C for one architecture, with the run-time compiler NVRTC. */
public final class Compiler {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private final List<String> options;
    private final String version;

    /** Why there is no compiler, with the cure, in one line; empty where there is one. Asks for no driver. */
    public static Optional<String> absence() {
        return Libraries.compilerAbsence();
    }

    /** A compiler for an architecture such as 90, where {@link #absence} names none. */
    public Compiler(int architecture) {
        options = List.of("--gpu-architecture=sm_" + architecture, "--std=c++17", "--extra-device-vectorization");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, 2);
            Status.nvrtc(Nvrtc.nvrtcVersion(numbers, numbers.asSlice(4)), "nvrtcVersion");
            version = numbers.get(ValueLayout.JAVA_INT, 0) + "." + numbers.get(ValueLayout.JAVA_INT, 4);
        }
    }

    /** The compiler's version, such as {@code 13.0}. */
    public String version() {
        return version;
    }

    /** All that decides what comes out, apart from the text. */
    String identity() {
        return "nvrtc " + version + " " + options;
    }

    /**
     * Machine code of a text.
     *
     * @throws BackendException if the text is wrong, with the compiler's words
     */
    public byte[] compile(KernelSource source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocate(ValueLayout.ADDRESS);
            Status.nvrtc(Nvrtc.nvrtcCreateProgram(program, arena.allocateFrom(source.text()),
                    arena.allocateFrom(source.file()), 0, MemorySegment.NULL, MemorySegment.NULL),
                    "nvrtcCreateProgram");
            try {
                return compile(source, program.get(ValueLayout.ADDRESS, 0), arena);
            } finally {
                Nvrtc.nvrtcDestroyProgram(program);
            }
        }
    }

    private byte[] compile(KernelSource source, MemorySegment program, Arena arena) {
        MemorySegment flags = arena.allocate(ValueLayout.ADDRESS, options.size());
        for (int i = 0; i < options.size(); i++) {
            flags.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(options.get(i)));
        }
        int status = Nvrtc.nvrtcCompileProgram(program, options.size(), flags);
        if (status == Nvrtc.NVRTC_ERROR_COMPILATION()) {
            throw new BackendException("cuda: " + source.file() + " does not compile: " + log(program, arena).strip());
        }
        Status.nvrtc(status, "nvrtcCompileProgram");
        MemorySegment size = arena.allocate(LONG);
        Status.nvrtc(Nvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
        MemorySegment code = arena.allocate(size.get(LONG, 0));
        Status.nvrtc(Nvrtc.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
        return code.toArray(ValueLayout.JAVA_BYTE);
    }

    private static String log(MemorySegment program, Arena arena) {
        MemorySegment size = arena.allocate(LONG);
        Status.nvrtc(Nvrtc.nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
        MemorySegment log = arena.allocate(size.get(LONG, 0) + 1);
        Status.nvrtc(Nvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
        return log.getString(0);
    }
}
