package dev.panacea.bindings.cuda;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the native libraries and loads them, once for the process: the driver, the run-time compiler, cuBLAS and, when
 * asked for, cuDNN. Folders named by {@code -Dpanacea.cuda} or {@code PANACEA_CUDA} come first, a folder of Python
 * packages among them; then those of a CUDA installation; then wherever the system looks.
 */
final class Libraries {
    /** Newest first; a library of a version above the driver's does not work with it. */
    private static final List<Integer> VERSIONS = List.of(13, 12);
    /** Where drivers put themselves that the system's search does not know of. */
    private static final List<Path> DRIVERS = List.of(Path.of("/usr/local/nvidia/lib64"), Path.of("/usr/lib/wsl/lib"),
            Path.of("/run/opengl-driver/lib"), Path.of("/usr/lib/x86_64-linux-gnu"), Path.of("/usr/lib64"));
    private static final String GRAPHS = "libcudnn.so.9"; // for both versions of CUDA
    private static final String CURE = " (install CUDA 12 or 13, or name the folder of its libraries by PANACEA_CUDA)";

    private static Optional<String> absence;
    private static Optional<String> compilerAbsence;
    private static Optional<String> graphAbsence;

    private Libraries() {}

    /** Thrown where a library is missing; the message is the absence. */
    private static final class Absent extends Exception {
        private static final long serialVersionUID = 1L;

        Absent(String message) {
            super(message);
        }
    }

    /** Loads what is not loaded yet, and says in one line what is missing, with the cure; empty where all is there. */
    static synchronized Optional<String> absence() {
        if (absence == null) {
            absence = outcome(Libraries::load);
        }
        return absence;
    }

    /** The same for the run-time compiler alone. */
    static synchronized Optional<String> compilerAbsence() {
        if (compilerAbsence == null) {
            compilerAbsence = outcome(() -> loadCompiler(folders(), VERSIONS.getFirst()));
        }
        return compilerAbsence;
    }

    /** The same for cuDNN, which nothing but graphs need. */
    static synchronized Optional<String> graphAbsence() {
        if (graphAbsence == null) {
            graphAbsence = outcome(() -> {
                if (!load(folders(), List.of(GRAPHS))) {
                    throw new Absent(GRAPHS + " not found (pip install nvidia-cudnn-cu13, or -cu12 for CUDA 12, and "
                            + "name its folder by PANACEA_CUDA)");
                }
            });
        }
        return graphAbsence;
    }

    private interface Loading {
        void run() throws Absent;
    }

    private static Optional<String> outcome(Loading loading) {
        try {
            if (!System.getProperty("os.name").equals("Linux")) {
                throw new Absent("works on Linux only, this is " + System.getProperty("os.name"));
            }
            loading.run();
            return Optional.empty();
        } catch (Absent absent) {
            return Optional.of(absent.getMessage());
        }
    }

    private static void load() throws Absent {
        List<String> names = List.of("libcuda.so.1");
        if (!load(named(), names) && !load(DRIVERS, names)) {
            throw new Absent("libcuda.so.1 not found (install NVIDIA's driver, or use another device)");
        }
        int driver = Device.initialise().orElse(0) / 1000;
        if (driver == 0) {
            throw new Absent(Device.refusal());
        }
        List<Path> folders = folders();
        loadCompiler(folders, driver);
        library(folders, "libcublasLt.so.", driver);
        library(folders, "libcublas.so.", driver);
    }

    private static void loadCompiler(List<Path> folders, int newest) throws Absent {
        loadBuiltins(folders);
        library(folders, "libnvrtc.so.", newest);
    }

    private static List<Path> folders() {
        List<Path> folders = new ArrayList<>(named());
        folders.addAll(installed());
        return folders;
    }

    private static void library(List<Path> folders, String name, int driver) throws Absent {
        List<String> names = VERSIONS.stream().filter(version -> version <= driver).map(version -> name + version)
                .toList();
        if (names.isEmpty()) {
            throw new Absent("the driver is of CUDA " + driver + " (need " + VERSIONS.getLast() + " or later)");
        }
        if (!load(folders, names)) {
            throw new Absent(String.join(" or ", names) + " not found" + CURE);
        }
    }

    /** What the compiler opens by itself, found only where the system looks: open it first. It may be built in. */
    private static void loadBuiltins(List<Path> folders) throws Absent {
        for (Path folder : folders) {
            if (VERSIONS.stream().noneMatch(version -> Files.exists(folder.resolve("libnvrtc.so." + version)))) {
                continue;
            }
            List<Path> builtins = list(folder, "libnvrtc-builtins.so.*");
            if (!builtins.isEmpty()) {
                load(builtins.getLast());
            }
            return;
        }
    }

    private static boolean load(List<Path> folders, List<String> names) throws Absent {
        for (String name : names) {
            for (Path folder : folders) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    load(file);
                    return true;
                }
            }
            if (openedBySystem(name)) {
                return true;
            }
        }
        return false;
    }

    /** Where the system finds a library, its file is known once it is open; loading that one makes its names known. */
    private static boolean openedBySystem(String name) throws Absent {
        try {
            SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException notFound) {
            return false;
        }
        String stem = name.substring(0, name.indexOf(".so") + 3);
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            Optional<String> file = lines.filter(line -> line.contains("/" + stem))
                    .map(line -> line.substring(line.indexOf('/'))).findFirst();
            if (file.isPresent()) {
                load(Path.of(file.get()));
            }
            return file.isPresent();
        } catch (IOException unreadable) {
            throw new Absent("/proc/self/maps cannot be read (" + unreadable.getMessage() + ")");
        }
    }

    private static void load(Path file) throws Absent {
        try {
            System.load(file.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError broken) {
            throw new Absent(broken.getMessage().lines().findFirst().orElse(file + " cannot be loaded") + CURE);
        }
    }

    private static List<Path> named() {
        String value = System.getProperty("panacea.cuda", System.getenv().getOrDefault("PANACEA_CUDA", ""));
        List<Path> folders = new ArrayList<>();
        for (String part : value.split(":")) {
            if (!part.isBlank()) {
                folders.addAll(around(Path.of(part)));
            }
        }
        return folders;
    }

    private static List<Path> installed() {
        List<Path> folders = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String value = System.getenv(variable);
            if (value != null && !value.isBlank()) {
                folders.addAll(around(Path.of(value)));
            }
        }
        folders.addAll(around(Path.of("/usr/local/cuda")));
        return folders;
    }

    /** The folder itself, and those below it in which installations and Python packages keep libraries. */
    private static List<Path> around(Path folder) {
        List<Path> folders = new ArrayList<>(List.of(folder, folder.resolve("lib64"), folder.resolve("lib")));
        for (Path start : List.of(folder.resolve("nvidia"), folder)) {
            for (Path child : list(start, "*")) {
                folders.add(child.resolve("lib"));
            }
        }
        folders.removeIf(candidate -> !Files.isDirectory(candidate));
        return folders;
    }

    private static List<Path> list(Path folder, String pattern) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
                found.forEach(files::add);
            } catch (IOException unreadable) {
                return List.of(); // as good as empty: the library will be missed by its name
            }
        }
        Collections.sort(files);
        return files;
    }
}
