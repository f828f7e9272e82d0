package dev.panacea.bindings.cudnn;

import dev.panacea.bindings.raw.Cudnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** How cuDNN computes a graph on a card: the first of its proposals that works and gives the same bytes each time. */
public final class Plan implements AutoCloseable {
    private final Handle handle;
    private final Graph graph;
    private Descriptor plan;
    private long workspaceBytes;

    /**
     * Finds a plan; the graph is closed with it, or at once where there is none.
     *
     * @throws Refusal if cuDNN has none for this card
     */
    public Plan(Handle handle, Graph graph) {
        this.handle = handle;
        this.graph = graph;
        try {
            find(graph.finish(handle));
            workspaceBytes = plan.number(Cudnn.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE());
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private void find(Descriptor whole) {
        Refusal last = new Refusal("cudnn: no engine that repeats its bytes");
        for (int mode : new int[] {Cudnn.CUDNN_HEUR_MODE_A(), Cudnn.CUDNN_HEUR_MODE_FALLBACK()}) {
            List<Descriptor> proposals = new ArrayList<>();
            try {
                propose(whole, mode, proposals);
                for (Descriptor proposal : proposals) {
                    if (repeats(proposal)) {
                        try {
                            take(proposal);
                            proposals.remove(proposal);
                            return;
                        } catch (Refusal refused) {
                            last = refused;
                        }
                    }
                }
            } catch (Refusal refused) {
                last = refused;
            } finally {
                proposals.forEach(Descriptor::close);
            }
        }
        throw last;
    }

    /** Asks for configurations of engines, the best first. */
    private static void propose(Descriptor whole, int mode, List<Descriptor> proposals) {
        try (Descriptor heuristics = new Descriptor(Descriptor.Kind.HEURISTICS); Arena arena = Arena.ofConfined()) {
            heuristics.parts(Cudnn.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH(), whole)
                    .choice(Cudnn.CUDNN_ATTR_ENGINEHEUR_MODE(), Cudnn.CUDNN_TYPE_HEUR_MODE(), mode).finish();
            long count = heuristics.read(Cudnn.CUDNN_ATTR_ENGINEHEUR_RESULTS(),
                    Cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR(), 0, MemorySegment.NULL);
            MemorySegment addresses = arena.allocate(ValueLayout.ADDRESS, Math.max(1, count));
            for (long i = 0; i < count; i++) {
                proposals.add(new Descriptor(Descriptor.Kind.CONFIGURATION));
                addresses.setAtIndex(ValueLayout.ADDRESS, i, proposals.getLast().address());
            }
            long given = count == 0 ? 0 : heuristics.read(Cudnn.CUDNN_ATTR_ENGINEHEUR_RESULTS(),
                    Cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR(), count, addresses);
            while (proposals.size() > given) {
                proposals.removeLast().close();
            }
        }
    }

    /** Whether an engine gives the same bytes each time, by its own word. */
    private static boolean repeats(Descriptor proposal) {
        try (Descriptor engine = new Descriptor(Descriptor.Kind.ENGINE); Arena arena = Arena.ofConfined()) {
            proposal.read(Cudnn.CUDNN_ATTR_ENGINECFG_ENGINE(), Cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR(), 1,
                    arena.allocateFrom(ValueLayout.ADDRESS, engine.address()));
            int room = Cudnn.CUDNN_NUMERICAL_NOTE_TYPE_COUNT();
            MemorySegment notes = arena.allocate(ValueLayout.JAVA_INT, room);
            long count = engine.read(Cudnn.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE(), Cudnn.CUDNN_TYPE_NUMERICAL_NOTE(), room,
                    notes);
            for (int i = 0; i < Math.min(count, room); i++) {
                if (notes.getAtIndex(ValueLayout.JAVA_INT, i) == Cudnn.CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC()) {
                    return false;
                }
            }
            return true;
        }
    }

    private void take(Descriptor proposal) {
        Descriptor candidate = new Descriptor(Descriptor.Kind.PLAN);
        try {
            candidate.pointers(Cudnn.CUDNN_ATTR_EXECUTION_PLAN_HANDLE(), Cudnn.CUDNN_TYPE_HANDLE(),
                    handle.address().address())
                    .parts(Cudnn.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG(), proposal).finish();
        } catch (RuntimeException refused) {
            candidate.close();
            throw refused;
        }
        plan = candidate;
        graph.keep(proposal);
    }

    /** Bytes of device memory that it needs while it runs. */
    public long workspaceBytes() {
        return workspaceBytes;
    }

    /**
     * Gives the graph to the device, and does not wait for it.
     *
     * @param ids the tensors in memory
     * @param addresses where each lies; numbers in host memory, all else on the device
     * @param workspace device memory
     */
    void run(long[] ids, long[] addresses, long workspace) {
        try (Descriptor pointers = new Descriptor(Descriptor.Kind.POINTERS)) {
            pointers.pointers(Cudnn.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS(), Cudnn.CUDNN_TYPE_VOID_PTR(), addresses)
                    .numbers(Cudnn.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS(), ids)
                    .pointers(Cudnn.CUDNN_ATTR_VARIANT_PACK_WORKSPACE(), Cudnn.CUDNN_TYPE_VOID_PTR(), workspace)
                    .finish();
            Handle.check(Cudnn.cudnnBackendExecute(handle.address(), plan.address(), pointers.address()),
                    "cudnnBackendExecute");
        }
    }

    @Override
    public void close() {
        if (plan != null) {
            plan.close();
            plan = null;
        }
        graph.close();
    }
}
