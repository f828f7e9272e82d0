package dev.panacea.bindings.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.bindings.raw.Cublas;
import dev.panacea.bindings.raw.Cudnn;
import dev.panacea.bindings.raw.Driver;
import dev.panacea.bindings.raw.Nvrtc;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The bindings and NVIDIA's own libraries of CUDA 12, which come with {@code -Pcuda12} and need no card: every function
 * is found, and cuDNN knows every graph of ours as attention. It is in this package for the sake of graphs that are
 * none.
 */
class RealLibrariesTest {
    /** In the order in which they need each other. */
    private static final List<String> LIBRARIES = List.of("libnvrtc-builtins.so.12.6", "libnvrtc.so.12",
            "libcudart.so.12", "libcublasLt.so.12", "libcublas.so.12", "libcudnn.so.9");
    private static final Path CARD = Path.of("/dev/nvidiactl");
    private static final int WARNINGS = 1 << 2;
    private static final int ATTEMPTS = 100;
    private static final List<AttentionShape> SHAPES = List.of(
            new AttentionShape(64, 4, 49, 49, 32, 1, 4), // windows that are not shifted
            new AttentionShape(2, 128, 49, 49, 32, 1, 128), // windows that are
            new AttentionShape(1, 4, 144, 144, 32, 1, 4),
            new AttentionShape(2, 12, 196, 196, 64, 0, 0), // tokens of a ViT
            new AttentionShape(2, 12, 197, 197, 64, 1, 1),
            new AttentionShape(2, 3, 128, 256, 128, 2, 3));
    private static final List<String> MESSAGES = new ArrayList<>();

    @BeforeAll
    static void load() throws Throwable {
        String folder = System.getProperty("panacea.cuda12");
        assumeTrue(folder != null, "NVIDIA's libraries come with -Pcuda12, a download of 2 GB");
        for (String library : LIBRARIES) {
            System.load(Path.of(folder, library).toString());
        }
        MemorySegment listener = Linker.nativeLinker().upcallStub(
                MethodHandles.lookup().findStatic(RealLibrariesTest.class, "heard", MethodType.methodType(void.class,
                        int.class, MemorySegment.class, MemorySegment.class, MemorySegment.class)),
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS), Arena.global());
        int status = (int) Linker.nativeLinker().downcallHandle(
                SymbolLookup.loaderLookup().findOrThrow("cudnnSetCallback"), FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                .invokeExact(WARNINGS, MemorySegment.NULL, listener);
        assertThat(status).isZero();
    }

    /** Keeps what cuDNN says: lines, each with an end of its own, and one end more after the last. */
    private static void heard(int severity, MemorySegment user, MemorySegment where, MemorySegment message) {
        long at = 0;
        MemorySegment text = message.reinterpret(Long.MAX_VALUE);
        while (text.get(ValueLayout.JAVA_BYTE, at) != 0) {
            String line = text.getString(at);
            MESSAGES.add(line.strip());
            at += line.getBytes(StandardCharsets.UTF_8).length + 1;
        }
    }

    /** The functions of bindings whose symbols are not found. */
    private static List<String> missing(Class<?> bindings) throws Exception {
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Method method : bindings.getMethods()) {
            if (method.getName().endsWith("$address")) {
                try {
                    method.invoke(null);
                    found++;
                } catch (InvocationTargetException absent) {
                    missing.add(method.getName());
                }
            }
        }
        assertThat(found + missing.size()).isGreaterThan(5);
        return missing;
    }

    @Test
    void everyFunctionIsFound() throws Exception {
        assertThat(missing(Nvrtc.class)).isEmpty();
        assertThat(missing(Cublas.class)).isEmpty();
        assertThat(missing(Cudnn.class)).isEmpty();
        if (Files.notExists(CARD)) {
            assertThat(missing(Driver.class)).as("the driver's, which none of these libraries has")
                    .contains("cuInit$address", "cuLaunchKernel$address");
        }
    }

    @Test
    void withoutACardThereIsNoHandle() {
        assumeTrue(Files.notExists(CARD), "there is a card");
        assertThat(Handle.version()).isEqualTo(90501);
        assertThatThrownBy(() -> new Handle(MemorySegment.NULL)).isInstanceOf(BackendException.class)
                .hasMessageContaining("cudnnCreate failed: CUDNN_STATUS_NOT_INITIALIZED").hasMessageNotContaining("\n");
    }

    /**
     * Why each engine does not take a graph. Without a card cuDNN reads properties of one that nobody has filled; where
     * they hold an absurd count of processors it says that first, so it is asked again, with a graph in other memory.
     */
    private static List<String> refusals(Supplier<Graph> graphs) {
        List<Graph> tried = new ArrayList<>();
        try {
            while (tried.size() < ATTEMPTS) {
                tried.add(graphs.get());
                List<String> refusals = refusals(tried.getLast());
                if (refusals.stream().noneMatch(why -> why.contains("multiProcessorCount"))) {
                    return refusals;
                }
            }
        } finally {
            tried.forEach(Graph::close);
        }
        throw new AssertionError("cuDNN never looked at the graph, in " + ATTEMPTS + " attempts");
    }

    private static List<String> refusals(Graph graph) {
        Descriptor whole = graph.finish(null);
        long count = whole.number(Cudnn.CUDNN_ATTR_OPERATIONGRAPH_ENGINE_GLOBAL_COUNT());
        assertThat(count).isPositive();
        List<String> refusals = new ArrayList<>();
        for (long number = 0; number < count; number++) {
            try (Descriptor engine = new Descriptor(Descriptor.Kind.ENGINE);
                    Descriptor configuration = new Descriptor(Descriptor.Kind.CONFIGURATION)) {
                engine.parts(Cudnn.CUDNN_ATTR_ENGINE_OPERATION_GRAPH(), whole)
                        .numbers(Cudnn.CUDNN_ATTR_ENGINE_GLOBAL_INDEX(), number).finish();
                configuration.parts(Cudnn.CUDNN_ATTR_ENGINECFG_ENGINE(), engine);
                MESSAGES.clear();
                assertThatThrownBy(configuration::finish).isInstanceOf(Refusal.class);
                refusals.add(String.join(" ", MESSAGES));
            }
        }
        return refusals;
    }

    private static int operations(Function<AttentionShape, Graph> direction, AttentionShape shape) {
        assertThat(refusals(() -> direction.apply(shape))).as("%s", shape).allMatch(
                why -> why.contains("MHA fusion patterns are only supported for Ampere and later GPUs")
                        && !why.contains("tag_mha_graph"));
        try (Graph graph = direction.apply(shape)) {
            return graph.size();
        }
    }

    /** It names the operations of attention first, and only then asks which card there is. */
    @Test
    void everyGraphIsKnownAsAttentionAndLacksACardOnly() {
        assumeTrue(Files.notExists(CARD), "there is a card");
        for (AttentionShape shape : SHAPES) {
            assertThat(operations(AttentionGraph::forward, shape)).isEqualTo(shape.biased() ? 11 : 10);
            assertThat(operations(AttentionGraph::backward, shape)).isEqualTo(shape.biased() ? 19 : 17);
        }
    }

    @Test
    void whatIsNoAttentionIsNotKnown() {
        assumeTrue(Files.notExists(CARD), "there is a card");
        assertThat(refusals(RealLibrariesTest::noAttention)).allMatch(why -> why.contains("tag_mha_graph"));
    }

    private static Graph noAttention() {
        Graph graph = new Graph();
        GraphTensor query = graph.tensor(1, ElementType.BF16, 2, 4, 128, 64);
        GraphTensor key = graph.tensor(2, ElementType.BF16, 2, 4, 64, 128);
        GraphTensor shares = graph.each(Graph.Each.EXP, graph.matmul(query, key), null);
        GraphTensor largest = graph.reduce(Graph.Reduce.LARGEST, shares); // it should have been subtracted
        graph.matmul(graph.each(Graph.Each.DIV, shares, largest, ElementType.BF16),
                graph.tensor(3, ElementType.BF16, 2, 4, 128, 64), graph.tensor(4, ElementType.BF16, 2, 4, 128, 64));
        return graph;
    }
}
