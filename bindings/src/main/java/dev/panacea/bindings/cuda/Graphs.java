package dev.panacea.bindings.cuda;

import dev.panacea.bindings.cudnn.AttentionPlans;
import dev.panacea.bindings.cudnn.AttentionShape;
import dev.panacea.bindings.cudnn.AttentionSlopes;
import dev.panacea.bindings.cudnn.AttentionTensors;
import dev.panacea.bindings.cudnn.Handle;
import dev.panacea.bindings.cudnn.Refusal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Graphs of cuDNN on a card's stream, where {@code -Dpanacea.cuda.cudnn=true} asks for them and factors are rounded to
 * BF16. The library is loaded when it is first asked for; plans are found once for each shape and kept, and where there
 * is none, why. All else is computed by kernels of our own.
 */
public final class Graphs {
    private static final String PROPERTY = "panacea.cuda.cudnn";

    private final CudaBackend backend;
    private final boolean asked = Boolean.getBoolean(PROPERTY);
    private final Map<AttentionShape, Optional<AttentionPlans>> plans = new HashMap<>();
    private final Map<AttentionShape, String> refusals = new LinkedHashMap<>();
    private Handle handle;
    private long done;
    private long left;

    Graphs(CudaBackend backend) {
        this.backend = backend;
    }

    /** Why all attention is computed by kernels of our own, with the cure; empty where cuDNN is asked. */
    private Optional<String> absence() {
        if (!asked) {
            return Optional.of("cuDNN is off (-D" + PROPERTY + "=true and bf16 let it try)");
        }
        if (backend.precision() != Precision.BF16) {
            return Optional.of("cuDNN is not asked in " + backend.precision().name().toLowerCase(Locale.ROOT)
                    + " (need --precision bf16)");
        }
        return Libraries.graphAbsence();
    }

    /**
     * The plans for an attention; empty where kernels of our own compute it.
     *
     * @throws dev.panacea.tensor.BackendException if cuDNN is there but fails
     */
    public synchronized Optional<AttentionPlans> attention(AttentionShape shape) {
        Optional<AttentionPlans> found = plans.get(shape);
        if (found == null) {
            if (!asked || backend.precision() != Precision.BF16 || absence().isPresent()) {
                return Optional.empty();
            }
            found = find(shape);
            plans.put(shape, found);
        }
        if (found.isPresent()) {
            done++;
        } else {
            left++;
        }
        return found;
    }

    private Optional<AttentionPlans> find(AttentionShape shape) {
        backend.enter();
        if (handle == null) {
            handle = new Handle(backend.stream());
        }
        Optional<String> refusal = shape.refusal(Handle.version(), backend.device().architecture());
        if (refusal.isPresent()) {
            refusals.put(shape, refusal.get());
            return Optional.empty();
        }
        try {
            return Optional.of(new AttentionPlans(handle, shape));
        } catch (Refusal refused) {
            refusals.put(shape, refused.getMessage());
            return Optional.empty();
        }
    }

    /** Gives a forward pass to the device. */
    public synchronized void forward(AttentionPlans with, double scale, AttentionTensors tensors) {
        run(with, workspace -> with.forward(scale, tensors, workspace));
    }

    /** Gives a backward pass to the device. */
    public synchronized void backward(AttentionPlans with, double scale, AttentionTensors tensors,
            AttentionSlopes slopes) {
        run(with, workspace -> with.backward(scale, tensors, slopes, workspace));
    }

    private interface Work {
        void on(long workspace);
    }

    private void run(AttentionPlans with, Work work) {
        try (Scratch workspace = backend.scratch(with.workspaceBytes())) {
            backend.writing("cuDNN", () -> work.on(workspace.address()));
        }
    }

    /** Who computes attention, in one line. */
    synchronized String fact() {
        Optional<String> absence = absence();
        if (absence.isPresent()) {
            return "own kernels: " + absence.get();
        }
        StringBuilder text = new StringBuilder("cuDNN " + Handle.text(Handle.version()) + " where it has a plan");
        refusals.forEach((shape, why) -> text.append("; not for ").append(shape).append(": ").append(why));
        return text.toString();
    }

    /** How many passes of attention cuDNN did, and how many it left to kernels of our own; nothing where it is off. */
    synchronized Map<String, Long> counts() {
        return done + left == 0 ? Map.of() : Map.of("attention by cuDNN", done, "attention left by cuDNN", left);
    }

    synchronized void close() {
        plans.values().forEach(found -> found.ifPresent(AttentionPlans::close));
        plans.clear();
        if (handle != null) {
            handle.close();
            handle = null;
        }
    }
}
