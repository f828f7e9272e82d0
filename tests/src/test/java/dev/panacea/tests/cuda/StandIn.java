package dev.panacea.tests.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.bindings.CudaProvider;
import dev.panacea.bindings.cuda.CudaBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A stand-in for NVIDIA's driver, run-time compiler, cuBLAS and cuDNN, built by g++ from {@code src/test/cuda}: kernels
 * run on the CPU, one thread after the other. It shows what is wrong, not how fast it is. Streams let work wait until
 * somebody waits for it, memory is NaN before it is written and guarded on both sides, and every call can be made to
 * fail.
 */
final class StandIn {
    private static final Path SOURCES = Path.of("src", "test", "cuda").toAbsolutePath();
    static final Path HEADERS = Path.of("..", "bindings", "src", "main", "headers").toAbsolutePath().normalize();
    private static final Path FOLDER = Path.of("target", "cuda").toAbsolutePath();
    private static final Path LIBRARY = FOLDER.resolve("libcuda.so.1");
    /** The names of the libraries that it stands for, beside the driver's. */
    private static final List<String> NAMES = List.of("libnvrtc.so.13", "libcublas.so.13", "libcublasLt.so.13",
            "libcudnn.so.9");
    /** In one piece, so that the headers of C++ are read once. */
    private static final List<String> PARTS = List.of("control", "device", "memory", "stream", "block", "compiler",
            "module", "nvrtc", "cublas", "cudnn");

    private static SymbolLookup symbols;

    /** What lives on the device, in the order of {@code enum Kind} in {@code standin.h}. */
    enum Kind { DEVICE_MEMORY, HOST_MEMORY, STREAM, EVENT, MODULE, CONTEXT, PROGRAM, HANDLE, DESCRIPTOR }

    private StandIn() {}

    /** Builds and loads it where that has not happened, and opens its device; skips the test where there is no g++. */
    static synchronized CudaBackend open() {
        if (symbols == null) {
            assumeTrue(System.getProperty("os.name").equals("Linux"), "the CUDA stand-in needs Linux");
            assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(f -> Files.isExecutable(Path.of(f, "g++"))),
                    "the CUDA stand-in needs g++, which is not on the path");
            build();
            System.setProperty("panacea.cuda", FOLDER.toString());
            System.setProperty("panacea.cuda.cache", FOLDER.resolve("cache").toString());
            System.setProperty("panacea.cuda.poison", "true");
            symbols = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        }
        return (CudaBackend) new CudaProvider().open(0);
    }

    private static void build() {
        try {
            if (Files.exists(LIBRARY) && Files.getLastModifiedTime(LIBRARY).toMillis() >= newest()) {
                return;
            }
            Files.createDirectories(FOLDER);
            List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-O2", "-march=native", "-fPIC",
                    "-shared", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-I", HEADERS.toString(),
                    "-DSTANDIN_HEADER=\"" + SOURCES.resolve("kernel.h") + "\""));
            for (String part : PARTS.subList(0, PARTS.size() - 1)) {
                command.addAll(List.of("-include", SOURCES.resolve(part + ".cpp").toString()));
            }
            command.addAll(List.of(SOURCES.resolve(PARTS.getLast() + ".cpp").toString(),
                    "-Wl,-soname,libcuda.so.1", "-o", LIBRARY.toString()));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError("the CUDA stand-in does not compile: " + output);
            }
            for (String name : NAMES) {
                Files.deleteIfExists(FOLDER.resolve(name));
                Files.createSymbolicLink(FOLDER.resolve(name), LIBRARY.getFileName());
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static long newest() throws IOException {
        long newest = 0;
        for (Path folder : List.of(SOURCES, HEADERS)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
                }
            }
        }
        return newest;
    }

    /** Calls so far, of all libraries. */
    static long calls() {
        return (long) call("standinCalls", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    }

    /** Makes the n-th call from now on fail with a code; 0 makes none fail. */
    static void failAt(long n, int code) {
        call("standinFailAt", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT), n, code);
    }

    /** The name of the call that was made to fail, or an empty text where that has not happened. */
    static String failed() {
        return text("standinFailed");
    }

    /** What broke the context, or an empty text. */
    static String reason() {
        return text("standinReason");
    }

    /** Forgets what broke the context. */
    static void mend() {
        call("standinMend", FunctionDescriptor.ofVoid());
    }

    /** Threads of a block, and blocks, run from the last to the first, or as usual. */
    static void descending(boolean on) {
        call("standinDescending", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), on ? 1 : 0);
    }

    /** Whether cuDNN has no plan for any graph. */
    static void refusePlans(boolean on) {
        call("standinRefusePlans", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), on ? 1 : 0);
    }

    /** Sets how many bytes the device seems to have. */
    static void memory(long byteSize) {
        call("standinMemory", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), byteSize);
    }

    /** How many of each kind are alive. */
    static Map<Kind, Long> living() {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            counts.put(kind, (long) call("standinLiving",
                    FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT), kind.ordinal()));
        }
        return counts;
    }

    /** Whether the stand-in has a function of this name. */
    static boolean has(String function) {
        return symbols.find(function).isPresent();
    }

    private static String text(String function) {
        MemorySegment text = (MemorySegment) call(function, FunctionDescriptor.of(ValueLayout.ADDRESS));
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static Object call(String function, FunctionDescriptor shape, Object... arguments) {
        try {
            return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), shape)
                    .invokeWithArguments(arguments);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
